import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { ModelResult } from '@image2model/progress';
import { storageKeys, StorageError, type Storage } from '@image2model/storage';
import { z } from 'zod';

export type ArtefactReader = Pick<Storage, 'read' | 'stat'>;

const sidecarSchema = z.object({
  batch_id: z.string(),
  idx: z.int(),
  key: z.string(),
  bytes: z.int(),
  sha256: z.string(),
});
/** A sidecar has a few hundred bytes; nothing larger is read. */
const mostSidecarBytes = 64 * 1024;

/**
 * Reads a model from its first byte to its last and compares it with what Redis knows of it and with its sidecar.
 * @returns what is wrong, or null @throws what the signal was aborted with, and storage's own failures
 */
export async function checkModel(
  storage: ArtefactReader,
  file: { batchId: string; idx: number; model: ModelResult },
  signal: AbortSignal,
): Promise<string | null> {
  const { model } = file;
  const found = await checksumOf(storage, model.key, signal);
  if (found === null) return 'its model is not in storage';
  if (found.bytes !== model.bytes)
    return `its model has ${found.bytes} bytes and ${model.bytes} were recorded`;
  if (found.sha256 !== model.sha256) return `its model has the checksum ${found.sha256}, not ${model.sha256}`;
  return checkSidecar(storage, file);
}

async function checksumOf(
  storage: ArtefactReader,
  key: string,
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string } | null> {
  return orNull(async () => {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of await storage.read(key)) {
      signal.throwIfAborted();
      const piece: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      hash.update(piece);
      bytes += piece.length;
    }
    return { bytes, sha256: hash.digest('hex') };
  });
}

/** A later attempt that was too late may have left its own sidecar: then its model must be there as well. */
async function checkSidecar(
  storage: ArtefactReader,
  { batchId, idx, model }: { batchId: string; idx: number; model: ModelResult },
): Promise<string | null> {
  const key = storageKeys.sidecar(batchId, idx);
  const size = await storage.stat(key);
  if (size === null) return 'its sidecar is not in storage';
  if (size.bytes > mostSidecarBytes) return `its sidecar has ${size.bytes} bytes`;
  const text = await orNull(async () => (await buffer(await storage.read(key))).toString('utf8'));
  const sidecar = sidecarSchema.safeParse(parsedOrUndefined(text ?? '')).data;
  if (sidecar?.batch_id !== batchId || sidecar.idx !== idx) return 'its sidecar cannot be read';
  if (sidecar.sha256 === model.sha256)
    return sidecar.bytes === model.bytes && sidecar.key === model.key
      ? null
      : 'its sidecar differs from Redis';
  const named = storageKeys.model(batchId, idx, sidecar.sha256) === sidecar.key;
  const other = named ? await storage.stat(sidecar.key) : null;
  return other?.bytes === sidecar.bytes ? null : 'its sidecar names a model that is not in storage';
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not_found') return null;
    throw error;
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which no schema takes
  }
}
