import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import { eachOf } from '../domain/each-of.js';
import { addFreed, type Freed } from '../domain/freed.js';
import { tooManyUnknown } from '../domain/too-many-unknown.js';
import type { TimeSlice } from '../domain/time-slice.js';
import { removeStored } from './erase-remains.js';

export interface FolderParts {
  storage: Storage;
  batches: Pick<Progress['batches'], 'exists'>;
  deletions: Pick<Progress['deletions'], 'tombstone'>;
  logger: Logger;
}

/** What has another name is not ours. */
const ofBatch = /^bat_[0-9a-f]{32}$/;
const hourMs = 3_600_000;
/** An upload that nobody wrote to for so long is not under way any more. */
const orphanAfterMs = 24 * hourMs;
const unfinishedAfterMs = hourMs;
const atOnce = 8;
const foldersPerStep = 64;

export interface FolderSweep {
  /** the last folder looked at, '' when all were */
  last: string;
  /** batches whose data is there, but unknown to Redis: moved to the trash */
  trashed: number;
  /** so many that Redis must have lost its data: all of them stay where they are */
  kept: number;
}

/**
 * Walks on through the folders of all batches: what writers that died left half-written goes, as do uploads that were never accepted.
 * A folder with a manifest that Redis does not know goes to the trash only: nobody has proved that it may go.
 */
export async function sweepFolders(
  parts: FolderParts,
  after: string,
  { slice, freed, nowMs }: { slice: TimeSlice; freed: Freed; nowMs: number },
): Promise<FolderSweep> {
  const names: string[] = [];
  for await (const name of parts.storage.names(storageKeys.batches))
    if (name > after && ofBatch.test(name)) names.push(name);
  names.sort();
  if (parts.storage.kind === 'objects' && after === '') {
    const unfinished = await parts.storage.dropUnfinished(storageKeys.batches, nowMs - unfinishedAfterMs);
    addFreed(freed, unfinished);
  }
  const unknown: string[] = [];
  let looked = 0;
  while (looked < names.length && !slice.over()) {
    const step = names.slice(looked, looked + foldersPerStep);
    await eachOf(step, atOnce, async (id) => {
      if (await isUnknown(parts, id, { slice, freed, nowMs })) unknown.push(id);
    });
    looked += step.length;
  }
  const last = looked < names.length ? (names[looked - 1] ?? after) : '';
  if (tooManyUnknown(unknown.length, looked)) return { last, trashed: 0, kept: unknown.length };
  for (const id of unknown) {
    await parts.storage.move(storageKeys.batch(id), storageKeys.trashed(id, nowMs));
    parts.logger.warn('a stored batch is unknown to Redis: it is in the trash', { batchId: id });
  }
  return { last, trashed: unknown.length, kept: 0 };
}

/** @returns true for a batch with a manifest that nobody knows */
async function isUnknown(
  { storage, batches, deletions, logger }: FolderParts,
  id: string,
  { slice, freed, nowMs }: { slice: TimeSlice; freed: Freed; nowMs: number },
): Promise<boolean> {
  const prefix = storageKeys.batch(id);
  if (storage.kind === 'files')
    addFreed(freed, await storage.dropUnfinished(prefix, nowMs - unfinishedAfterMs));
  // in this order: a deletion makes the one into the other
  if ((await batches.exists(id)) || (await deletions.tombstone(id)) !== null) return false;
  // last, for in object storage it lists the whole folder; a batch that was accepted meanwhile has a new manifest
  const folder = await storage.group(prefix);
  if (folder === null || nowMs - folder.modifiedAtMs < orphanAfterMs) return false;
  if ((await storage.stat(storageKeys.manifest(id))) !== null) return true;
  addFreed(freed, await removeStored(storage, prefix, slice.signal));
  logger.info('removed an upload that was never finished', { batchId: id });
  return false;
}
