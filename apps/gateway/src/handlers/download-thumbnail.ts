import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ImageLimits } from '@image2model/images';
import { StorageError, storageKeys, type Storage } from '@image2model/storage';
import { preconditionOf } from '../domain/entity-tag.js';
import { HttpProblem, notFound, unavailable } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { createSlots, type Slots } from '../domain/slots.js';
import { fileIndex, loadBatch, type BatchReader } from './load-batch.js';

export interface ThumbnailParts {
  batches: BatchReader;
  storage: Pick<Storage, 'read' | 'write'>;
  /** null for an image that cannot be decoded */
  makeThumbnail(image: Uint8Array, pixels: number): Promise<Buffer | null>;
  limits: Pick<ImageLimits, 'pixels'>;
}

/** Each decodes a whole image. */
const makersAtOnce = 2;
/** More that wait for a maker are asked to come back. */
const mostWaiting = 200;

/** The source of a file as a small WebP, made when it is first asked for and kept beside the batch. */
export function downloadThumbnail(parts: ThumbnailParts): Route {
  const slots = createSlots(makersAtOnce);
  const making = new Map<string, Promise<Buffer | null>>();
  return defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/files/{idx}/thumbnail',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      const idx = fileIndex(request, batch);
      const key = storageKeys.thumbnail(batch.id, idx);
      const image =
        (await readIfThere(parts.storage, key)) ??
        (await once(making, key, () => make(parts, slots, storageKeys.source(batch.id, idx), key)));
      if (image === null) throw notFound();
      const tag = `"${createHash('sha256').update(image).digest('hex')}"`;
      const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
      const precondition = preconditionOf(request.header, tag);
      if (precondition === 'failed')
        throw new HttpProblem(412, 'precondition_failed', `The thumbnail's entity tag is ${tag}.`);
      if (precondition === 'not_modified') return { status: 304, headers, nothing: true };
      const typed = { ...headers, 'Content-Type': 'image/webp', 'Content-Length': String(image.length) };
      return { status: 200, headers: typed, bytes: Readable.from([image]) };
    },
  });
}

/** Everybody who asks for the same thumbnail at once waits for the same one. */
function once(
  making: Map<string, Promise<Buffer | null>>,
  key: string,
  make: () => Promise<Buffer | null>,
): Promise<Buffer | null> {
  const there = making.get(key);
  if (there !== undefined) return there;
  if (making.size >= mostWaiting) throw unavailable('Too many thumbnails are being made.', 2);
  const made = make().finally(() => making.delete(key));
  making.set(key, made);
  return made;
}

function make(
  { storage, makeThumbnail, limits }: ThumbnailParts,
  slots: Slots,
  source: string,
  key: string,
): Promise<Buffer | null> {
  return slots.run(async () => {
    const image = await readIfThere(storage, source);
    const thumbnail = image === null ? null : await makeThumbnail(image, limits.pixels);
    if (thumbnail !== null) await storage.write(key, thumbnail);
    return thumbnail;
  });
}

async function readIfThere(storage: ThumbnailParts['storage'], key: string): Promise<Buffer | null> {
  try {
    return await buffer(await storage.read(key));
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not_found') return null;
    throw error;
  }
}
