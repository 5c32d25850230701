import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Photo } from '../src/image/decode-image.js';
import type { Field } from '../src/shape/grid.js';

export type MaskTask = Photo | { readonly bytes: Uint8Array };

export interface MaskAnswer {
  readonly mask: Field | undefined;
  readonly sha256: string;
}

/** Asks a thread of mask-thread.ts that has no other task. */
export async function askForMask(worker: Worker, task: MaskTask): Promise<MaskAnswer> {
  worker.postMessage(task);
  const [answer] = (await once(worker, 'message')) as [MaskAnswer];
  return answer;
}
