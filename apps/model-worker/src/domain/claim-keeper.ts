import type { FileProgress, Holding } from '@image2model/progress';

/** Keeps claims alive while their files are worked on. */
export interface ClaimKeeper {
  /** @returns a signal that aborts with a StopReason when the claim must end, and how to let go of it */
  hold(batchId: string, holding: Holding): { signal: AbortSignal; drop: () => void };
}

/** Where the progress of running files goes. */
export interface ProgressSink {
  set(batchId: string, file: FileProgress): void;
  /** Nothing more of this file is written. */
  drop(batchId: string, idx: number): void;
}
