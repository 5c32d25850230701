import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';

interface Parts {
  storage: Pick<Storage, 'groups' | 'stat' | 'remove'>;
  batches: Pick<Progress['batches'], 'exists'>;
  logger: Logger;
}

const oldEnoughMs = 24 * 3600 * 1000;

/**
 * Removes what a crash in the middle of an upload left behind: a batch's folder without manifest, untouched for a day
 * and unknown to Redis. Nobody was promised such a batch: the manifest comes before everything else.
 */
export async function sweepOrphans({ storage, batches, logger }: Parts, nowMs: number): Promise<number> {
  let removed = 0;
  for await (const { prefix, modifiedAtMs } of storage.groups(storageKeys.batches)) {
    const batchId = prefix.slice(storageKeys.batches.length + 1);
    if (nowMs - modifiedAtMs < oldEnoughMs) continue;
    if ((await storage.stat(storageKeys.manifest(batchId))) !== null) continue;
    if (await batches.exists(batchId)) continue;
    await storage.remove(prefix);
    removed += 1;
    logger.info('removed an upload that was never finished', { batchId });
  }
  return removed;
}
