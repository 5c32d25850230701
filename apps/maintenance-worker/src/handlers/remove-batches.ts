import type { Expired, Tombstone } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';
import { eachOf } from '../domain/each-of.js';
import { addFreed, type Freed } from '../domain/freed.js';
import type { TimeSlice } from '../domain/time-slice.js';
import { countFreed } from './count-freed.js';
import type { Erase } from './erase-remains.js';

export interface RemoveParts {
  erase: Erase;
  metrics: Pick<Metrics, 'inc'>;
  logger: Logger;
}

/** Enough to keep the disk busy, few enough that nobody else waits for it. */
const erasedAtOnce = 16;

/**
 * Erases batches that were just deleted, a few at a time. One that cannot be erased now has its tombstone and its place in the index:
 * the sweep for unfinished deletions has it done.
 */
export async function removeBatches(
  { erase, metrics, logger }: RemoveParts,
  { deleted }: Expired,
  { job, slice, freed }: { job: string; slice: TimeSlice; freed: Freed },
): Promise<void> {
  await eachOf(deleted, erasedAtOnce, async (tombstone: Tombstone) => {
    try {
      const one = await erase(tombstone, slice.signal);
      addFreed(freed, one);
      countFreed(metrics, job, one);
    } catch (error) {
      slice.signal.throwIfAborted();
      logger.warn('a batch is not erased yet; trying again later', { batchId: tombstone.id, error });
    }
  });
}
