import { storageKeys, type Storage } from '@image2model/storage';
import { addFreed, type Freed } from '../domain/freed.js';
import type { TimeSlice } from '../domain/time-slice.js';
import { removeStored } from './erase-remains.js';

/** As storage-keys.ts makes it; what has another name is not ours. */
const trashedName = /^(\d+)-bat_[0-9a-f]{32}$/;

/** Removes what came into the trash before a time (ms), the oldest first. */
export async function emptyTrash(
  storage: Pick<Storage, 'names' | 'list' | 'remove'>,
  beforeMs: number,
  { slice, freed }: { slice: TimeSlice; freed: Freed },
): Promise<void> {
  const found: { name: string; atMs: number }[] = [];
  for await (const name of storage.names(storageKeys.trash)) {
    const atMs = Number(trashedName.exec(name)?.[1]);
    if (atMs < beforeMs) found.push({ name, atMs });
  }
  for (const { name } of found.sort((a, b) => a.atMs - b.atMs)) {
    if (slice.over()) return;
    addFreed(freed, await removeStored(storage, `${storageKeys.trash}/${name}`, slice.signal));
  }
}
