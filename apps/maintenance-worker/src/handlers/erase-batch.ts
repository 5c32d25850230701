import { defineHandler, type Handler } from '@image2model/broker';
import { Failure, maintenanceEraseBatch, queues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { Metrics } from '@image2model/service-kit';
import { countFreed } from './count-freed.js';
import type { Erase } from './erase-remains.js';

export interface EraseDeps {
  deletions: Pick<Progress['deletions'], 'tombstone' | 'remindIn'>;
  erase: Erase;
  metrics: Pick<Metrics, 'inc'>;
}

/** Longer than the removal of the files of the largest batch takes. */
const timeoutMs = 15 * 60_000;

/** Erases a batch that its owner deleted; without a tombstone nothing is touched. */
export const eraseBatch = ({ deletions, erase, metrics }: EraseDeps): Handler =>
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
      const freed = await erase(tombstone, signal);
      countFreed(metrics, 'delete', freed);
      logger.info('erased a deleted batch', { ...freed, files: tombstone.total });
    },
  });
