import type { Holding } from '@image2model/progress';
import type { HeldClaim } from '../domain/claim-keeper.js';
import { StopReason } from '../domain/stop-reason.js';

/** One claim of this process. */
export class Held implements Holding, HeldClaim {
  readonly idx: number;
  readonly token: string;
  /** when it was claimed, on the clock of `performance.now()` */
  readonly sinceMs = performance.now();
  private controller: AbortController | undefined;
  private stopped: StopReason | undefined;
  private slow = false;

  constructor(
    { idx, token }: Holding,
    readonly draining: AbortSignal,
    readonly drop: () => void,
    readonly unlimited: boolean,
  ) {
    this.idx = idx;
    this.token = token;
    if (draining.aborted) this.stopped = new StopReason('draining');
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.stopped !== undefined) this.controller.abort(this.stopped);
    }
    return this.controller.signal;
  }

  /** The first reason stays. */
  stop(reason: StopReason): void {
    this.stopped ??= reason;
    this.controller?.abort(this.stopped);
  }

  /** @returns true once: when the claim is older than the limit for the first time */
  passes(limitS: number, nowMs: number): boolean {
    if (this.slow || nowMs - this.sinceMs < limitS * 1_000) return false;
    this.slow = true;
    return true;
  }
}
