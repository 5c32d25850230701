import type { Broker } from '@image2model/broker';
import { maintenanceEraseBatch } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import { eachOf } from '../domain/each-of.js';
import { startSlice } from '../domain/time-slice.js';
import type { Job } from './run-maintenance.js';

export interface FinishDeletionsDeps {
  deletions: Pick<Progress['deletions'], 'overdue' | 'tombstone' | 'remindIn' | 'forget'>;
  storage: Pick<Storage, 'remove'>;
  broker: Pick<Broker, 'publish'>;
  logger: Logger;
}

const perStep = 500;
const atOnce = 16;
const sliceMs = 45_000;
/** How long an erasing that was asked for again has. */
const eraseWithinMs = 5 * 60_000;

/**
 * Looks after deletions whose time has come: asks again for the erasing of batches that are not erased (the first task was
 * never published, or its worker died), and forgets those whose tombstone has stood for its time.
 */
export const createDeletionSweep =
  (deps: FinishDeletionsDeps): Job =>
  async ({ signal }) => {
    const slice = startSlice(sliceMs, signal);
    const counts = { again: 0, forgotten: 0 };
    for (;;) {
      const ids = await deps.deletions.overdue(perStep);
      await eachOf(ids, atOnce, async (id) => {
        counts[await lookAfter(deps, id)] += 1;
      });
      const more = ids.length === perStep;
      if (!more || slice.over())
        return { detail: `asked again for ${counts.again}, forgot ${counts.forgotten}`, more };
    }
  };

async function lookAfter(
  { deletions, storage, broker, logger }: FinishDeletionsDeps,
  id: string,
): Promise<'again' | 'forgotten'> {
  const tombstone = await deletions.tombstone(id);
  if (tombstone === null || tombstone.erased) {
    // a thumbnail or a model that was written late; without a tombstone there is no proof of a deletion
    if (tombstone !== null) await storage.remove(storageKeys.batch(id));
    await deletions.forget(id);
    return 'forgotten';
  }
  const { tenant } = tombstone;
  await broker.publish(maintenanceEraseBatch, { id: `erase:${id}`, batchId: id, tenant, payload: {} });
  await deletions.remindIn(id, eraseWithinMs);
  logger.warn('asked again for the erasing of a deleted batch', { batchId: id });
  return 'again';
}
