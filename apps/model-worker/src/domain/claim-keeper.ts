import type { Holding } from '@image2model/progress';

/** One claim in this worker's hands. */
export interface HeldClaim {
  /** Aborts with a StopReason when the claim must end. Made when it is first asked for: short tasks need none. */
  readonly signal: AbortSignal;
  /** Lets go of it. */
  drop(): void;
}

/** Keeps claims alive while their files are worked on. */
export interface ClaimKeeper {
  /**
   * @param draining aborts when the worker is told to stop
   * @param unlimited the limits of a generation are not counted from the claim
   */
  hold(batchId: string, holding: Holding, draining: AbortSignal, unlimited?: boolean): HeldClaim;
}
