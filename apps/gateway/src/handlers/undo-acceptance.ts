import type { Progress } from '@image2model/progress';
import { repeat, type Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';

interface Parts {
  batches: Pick<Progress['batches'], 'dropStaged' | 'requestCancel'>;
  storage: Pick<Storage, 'remove'>;
  logger: Logger;
  retryMs?: number;
}

/** Takes back what was begun of a batch that was not accepted. */
export interface Undo {
  /**
   * Never throws: what cannot be undone now is tried again.
   * @param staged whether Redis may know of it
   * @param first asked before anything is undone: false keeps the batch, which is active
   * @returns false when it is kept
   */
  undo(batchId: string, staged: boolean, first?: () => Promise<boolean>): Promise<boolean>;
  close(): Promise<void>;
}

interface Undoing {
  staged: boolean;
  first: (() => Promise<boolean>) | undefined;
}

/** More than this unfinished business is left to the sweep of the next start. */
const mostPending = 10_000;

export function createUndo({ batches, storage, logger, retryMs = 5_000 }: Parts): Undo {
  const pending = new Map<string, Undoing>();
  const attempt = async (batchId: string, { staged, first }: Undoing): Promise<boolean> => {
    const kept = first !== undefined && !(await first());
    if (staged && !kept) await forget(batches, batchId);
    if (!kept) await storage.remove(storageKeys.batch(batchId));
    pending.delete(batchId);
    return !kept;
  };
  const again = repeat({
    name: 'undoing refused batches',
    everyMs: retryMs,
    atOnce: false,
    logger,
    run: async () => {
      for (const [batchId, undoing] of pending) await attempt(batchId, undoing);
    },
  });
  return {
    undo: async (batchId, staged, first) => {
      try {
        return await attempt(batchId, { staged, first });
      } catch (error) {
        // the files go at once, whatever Redis says: nobody was promised this batch, unless by its key
        if (first === undefined) await storage.remove(storageKeys.batch(batchId)).catch(() => undefined);
        if (pending.size < mostPending) pending.set(batchId, { staged, first });
        logger.warn('a refused batch is not undone yet; trying again', { batchId, error });
        return true;
      }
    },
    close: () => again.close(),
  };
}

/** A batch that became active after all, although nobody heard of it, is stopped. */
async function forget(batches: Parts['batches'], batchId: string): Promise<void> {
  try {
    await batches.dropStaged(batchId);
  } catch (error) {
    const state = await batches.requestCancel(batchId);
    if (state === 'staging' || state === null) throw error;
  }
}
