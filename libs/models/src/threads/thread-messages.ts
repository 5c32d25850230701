import type { CheckedModel, WantedModel } from '../check-model.js';
import type { ModelRefusalCode } from '../model-refused.js';

/** Checker to thread; a thread has one task at a time. */
export interface ThreadTask {
  readonly glb: Uint8Array;
  readonly want: WantedModel;
}

/** A checked model without bytes that the checker already has. */
export interface CheckedFacts extends Omit<CheckedModel, 'glb'> {
  /** Only of a simplified model. */
  readonly glb: Uint8Array | undefined;
}

/** Thread to checker: errors as plain data, for structured clone drops their class. */
export type ThreadAnswer = { readonly memoryBytes: number } & (
  | { readonly type: 'passed'; readonly model: CheckedFacts }
  | { readonly type: 'refused'; readonly code: ModelRefusalCode; readonly message: string }
  | { readonly type: 'failed'; readonly message: string; readonly stack: string | undefined }
);
