import type { FileProgress } from '@image2model/progress';

/** Where the progress of running files goes. */
export interface ProgressSink {
  set(batchId: string, file: FileProgress): void;
  /** Nothing more of this file is written. */
  drop(batchId: string, idx: number): void;
}
