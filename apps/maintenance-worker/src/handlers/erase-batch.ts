import { defineHandler, type Handler } from '@image2model/broker';
import { Failure, maintenanceEraseBatch, queues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { Metrics } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';

export interface EraseDeps {
  deletions: Pick<Progress['deletions'], 'tombstone' | 'dropKeys' | 'bury' | 'remindIn'>;
  storage: Pick<Storage, 'list' | 'remove'>;
  metrics: Pick<Metrics, 'inc'>;
}

/** Longer than the removal of the files of the largest batch takes. */
const timeoutMs = 15 * 60_000;

/**
 * Removes what a deleted batch has left: first its files, then its keys. Each step may be repeated, and the tombstone says
 * what is to do until all of it is done; without a tombstone nothing is touched.
 */
export const eraseBatch = ({ deletions, storage, metrics }: EraseDeps): Handler =>
  defineHandler({
    consumes: maintenanceEraseBatch,
    queue: queues.eraseBatch,
    prefetch: 2,
    emits: [],
    timeoutMs,
    async handle({ batchId }, { signal, logger }) {
      if (batchId === undefined) throw new Failure('unexpected', 'maintenance.erase-batch without batchId');
      const tombstone = await deletions.tombstone(batchId);
      if (tombstone === null || tombstone.erased) {
        logger.debug('there is nothing to erase', { found: tombstone !== null });
        return;
      }
      // the sweep need not ask for it again while it is under way
      await deletions.remindIn(batchId, timeoutMs);
      const bytes = await removeFiles(storage, batchId, signal);
      await deletions.dropKeys(tombstone, signal);
      await deletions.bury(batchId);
      metrics.inc('cleanup_batches_total', { job: 'delete' });
      metrics.inc('cleanup_bytes_total', { job: 'delete' }, bytes);
      logger.info('erased a deleted batch', { files: tombstone.total, bytes });
    },
  });

/** @returns the bytes that were there */
async function removeFiles(
  storage: EraseDeps['storage'],
  batchId: string,
  signal: AbortSignal,
): Promise<number> {
  const prefix = storageKeys.batch(batchId);
  let found = 0;
  for await (const { bytes } of storage.list(prefix)) {
    signal.throwIfAborted();
    found += bytes;
  }
  await storage.remove(prefix);
  return found;
}
