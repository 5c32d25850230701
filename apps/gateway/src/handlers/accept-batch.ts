import type { Broker } from '@image2model/broker';
import { batchSubmitted } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import { newBatch, stagedFile, storedManifest, type IncomingBatch } from '../domain/new-batch.js';

export interface AcceptingParts {
  batches: Pick<Progress['batches'], 'stage' | 'activate' | 'get'>;
  broker: Pick<Broker, 'publish'>;
  storage: Pick<Storage, 'write'>;
  logger: Logger;
}

/**
 * The promise of a 202, in the order that a crash cannot break: uploads are durable already, then the manifest, then
 * Redis knows the batch, then it is open to the workers. The message only makes it fast: the reconciler finds a
 * running batch that nobody announced. Throws when nothing was promised; the caller undoes the rest.
 */
export async function acceptBatch(
  { batches, broker, storage, logger }: AcceptingParts,
  batch: IncomingBatch,
): Promise<void> {
  const { id, tenant, total, files } = batch;
  await storage.write(storageKeys.manifest(id), Buffer.from(JSON.stringify(storedManifest(batch))), {
    ifAbsent: true,
  });
  await batches.stage(newBatch(batch), files.map(stagedFile));
  await activate(batches, tenant, id);
  try {
    await broker.publish(batchSubmitted, {
      id: `batch.submitted:${id}`,
      batchId: id,
      tenant,
      payload: { lane: batch.request.priority, total },
    });
  } catch (error) {
    logger.warn('a batch is accepted but not announced; the reconciler will find it', { batchId: id, error });
  }
}

/** An answer of Redis may get lost after the work was done: what counts is what Redis holds. */
async function activate(batches: AcceptingParts['batches'], tenant: string, id: string): Promise<void> {
  try {
    await batches.activate(id);
  } catch (error) {
    if ((await batches.get(tenant, id).catch(() => null)) === null) throw error;
  }
}
