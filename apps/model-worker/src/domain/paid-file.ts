import type { FalEndpoint, FalHandle } from '@image2model/fal';
import type { Lane, Settings } from '@image2model/contracts';
import type { Holding } from '@image2model/progress';
import type { BatchContext } from './batch-context.js';
import type { HeldClaim } from './claim-keeper.js';

/** A claimed file of a batch whose provider is paid. */
export interface PaidFile {
  batch: BatchContext;
  lane: Lane;
  holding: Holding;
  claim: HeldClaim;
  endpoint: FalEndpoint;
  settings: Settings;
  /** aborts when the worker is told to stop */
  draining: AbortSignal;
  /** From now on the delivery only waits; the function it gives ends that. */
  rest: () => () => void;
  /** on the clock of `performance.now()`: the delivery is handed on by then */
  handOnAtMs: number;
}

/** A generation of the provider, and the intent it was paid for with. */
export interface Generation {
  intent: string;
  handle: FalHandle;
  /** ms since 1970 */
  boundAtMs: number;
}

/** An intent of which nobody knows whether the provider accepted its submit. */
export interface Doubt {
  intent: string;
  imageUrl: string;
  /** ms since 1970 */
  intentAtMs: number;
}

/** How far a file has come. `ended`: nothing is left to do in this delivery. */
export type PaidStage =
  { at: 'new' } | ({ at: 'doubt' } & Doubt) | ({ at: 'bound' } & Generation) | { at: 'ended' };
