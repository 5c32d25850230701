// Finds masks, for find-mask.spec.ts: of a photo as it is, or of an image file on the generator's grid.
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { decodeImage, resizePhoto, type Photo } from '../src/image/decode-image.js';
import { findMask } from '../src/mask/find-mask.js';
import type { Field } from '../src/shape/grid.js';
import type { MaskAnswer, MaskTask } from './mask-threads.js';

const gridSide = 288;

parentPort?.on('message', (task: MaskTask) => void answer(task));

async function answer(task: MaskTask): Promise<void> {
  const mask = await findMask('rgba' in task ? task : await onGrid(task.bytes));
  parentPort?.postMessage({ mask, sha256: sha256Of(mask) } satisfies MaskAnswer);
}

async function onGrid(bytes: Uint8Array): Promise<Photo> {
  const photo = await decodeImage(bytes, 1024);
  const scale = gridSide / Math.max(photo.width, photo.height);
  return resizePhoto(photo, Math.round(photo.width * scale), Math.round(photo.height * scale));
}

const sha256Of = (mask: Field | undefined): string =>
  createHash('sha256')
    .update(mask ? Buffer.from(mask.data.buffer) : '')
    .digest('hex');
