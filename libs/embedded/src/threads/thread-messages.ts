import type { Model, ModelOptions, ModelStage } from '../generate-model.js';
import { ImageError, type ImageErrorCode } from '../image/image-error.js';

/** Pool to thread; a thread has one task at a time. */
export interface ThreadTask {
  readonly image: Uint8Array;
  readonly options: ModelOptions;
}

/** Thread to pool. Memory is what the thread's own isolate holds: heap, buffers and WASM, in bytes. */
export type ThreadMessage =
  | { readonly type: 'progress'; readonly stage: ModelStage; readonly percent: number }
  | { readonly type: 'done'; readonly model: Model; readonly memoryBytes: number }
  | { readonly type: 'failed'; readonly error: PlainError; readonly memoryBytes: number };

/** An error as plain data: structured clone would drop the class and the code. */
export interface PlainError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly imageCode: ImageErrorCode | undefined;
}

export function toPlainError(thrown: unknown): PlainError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    message: error.message,
    stack: error.stack,
    imageCode: error instanceof ImageError ? error.code : undefined,
  };
}

export function fromPlainError({ message, stack, imageCode }: PlainError): Error {
  const error = imageCode === undefined ? new Error(message) : new ImageError(imageCode, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
