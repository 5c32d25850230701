import type { Broker } from '@image2model/broker';
import { maintenanceEraseBatch } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';

export interface FinishDeletionsDeps {
  deletions: Pick<Progress['deletions'], 'overdue' | 'tombstone' | 'remindIn' | 'forget'>;
  storage: Pick<Storage, 'remove'>;
  broker: Pick<Broker, 'publish'>;
  logger: Logger;
}

/** Deletions of one run; the next run goes on. */
const mostAtOnce = 500;
/** How long an erasing that was asked for again has. */
const eraseWithinMs = 5 * 60_000;

/**
 * Looks after deletions whose time has come: asks again for the erasing of batches that are not erased (the first task was
 * never published, or its worker died), and forgets those whose tombstone has stood for its time.
 */
export const createDeletionSweep =
  ({ deletions, storage, broker, logger }: FinishDeletionsDeps) =>
  async (): Promise<void> => {
    for (const id of await deletions.overdue(mostAtOnce)) {
      const tombstone = await deletions.tombstone(id);
      if (tombstone === null || tombstone.erased) {
        // a thumbnail or a model that was written late; without a tombstone there is no proof of a deletion
        if (tombstone !== null) await storage.remove(storageKeys.batch(id));
        await deletions.forget(id);
        continue;
      }
      const { tenant } = tombstone;
      await broker.publish(maintenanceEraseBatch, { id: `erase:${id}`, batchId: id, tenant, payload: {} });
      await deletions.remindIn(id, eraseWithinMs);
      logger.warn('asked again for the erasing of a deleted batch', { batchId: id });
    }
  };
