import type { Progress, Tombstone } from '@image2model/progress';
import { storageKeys, type Storage } from '@image2model/storage';
import type { Freed } from '../domain/freed.js';

export interface EraseParts {
  deletions: Pick<Progress['deletions'], 'dropKeys' | 'bury'>;
  storage: Pick<Storage, 'list' | 'remove'>;
}

export type Erase = (tombstone: Tombstone, signal: AbortSignal) => Promise<Freed>;

/**
 * Removes what a deleted batch has left: first its files, then its keys. Each step may be repeated, and the tombstone says
 * what is to do until all of it is done.
 */
export const createErase =
  ({ deletions, storage }: EraseParts): Erase =>
  async (tombstone, signal) => {
    const stored = await removeStored(storage, storageKeys.batch(tombstone.id), signal);
    const keys = await deletions.dropKeys(tombstone, signal);
    await deletions.bury(tombstone.id);
    return { batches: 1, keys, ...stored };
  };

/** @returns what was there */
export async function removeStored(
  storage: EraseParts['storage'],
  prefix: string,
  signal: AbortSignal,
): Promise<{ files: number; bytes: number }> {
  const found = { files: 0, bytes: 0 };
  for await (const { bytes } of storage.list(prefix)) {
    signal.throwIfAborted();
    found.files += 1;
    found.bytes += bytes;
  }
  await storage.remove(prefix);
  return found;
}
