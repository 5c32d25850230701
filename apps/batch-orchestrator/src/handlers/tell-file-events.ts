import type { Broker } from '@image2model/broker';
import { webhookGather } from '@image2model/contracts';
import type { Logger } from '@image2model/service-kit';

export interface FileTeller {
  /** Files of the batch were settled and its webhook wants to hear of it, soon. */
  tell(batchId: string): void;
  /** Says what is still to be said. */
  close(): Promise<void>;
}

/** What happens to one batch within this time is told with one message. */
const gatherMs = 500;

/**
 * Tells the alert service that a batch has new facts. A hint, no more: what was not said is told with the next one, or at
 * the end of the run.
 */
export function createFileTeller({
  broker,
  logger,
}: {
  broker: Pick<Broker, 'publish'>;
  logger: Logger;
}): FileTeller {
  const batches = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const sayAll = async (): Promise<void> => {
    timer = undefined;
    const all = [...batches];
    batches.clear();
    const said = await Promise.allSettled(
      all.map((batchId) => broker.publish(webhookGather, { batchId, payload: {} })),
    );
    const failed = said.find((end) => end.status === 'rejected');
    if (failed !== undefined)
      logger.warn('webhooks hear of settled files a little later', { error: failed.reason });
  };
  return {
    tell: (batchId) => {
      batches.add(batchId);
      timer ??= setTimeout(() => void sayAll(), gatherMs);
    },
    close: async () => {
      clearTimeout(timer);
      await sayAll();
    },
  };
}
