import { batchCompleted } from '@image2model/contracts';
import type { Broker } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';

export interface RelayDeps {
  broker: Broker;
  progress: Progress;
  logger: Logger;
  metrics: Metrics;
}

export type Relay = (batchId: string) => Promise<void>;

/**
 * Publishes the completions in a batch's outbox and clears them after the broker's confirm. A crash in between
 * repeats the event under the same id; consumers drop the copy.
 */
export function createRelay({ broker, progress, logger, metrics }: RelayDeps): Relay {
  const underWay = new Map<string, Promise<void>>();

  const relayAll = async (batchId: string): Promise<void> => {
    for (const { eventId, finishedAtMs, ...payload } of await progress.settlements.outbox(batchId)) {
      await broker.publish(batchCompleted, {
        id: eventId,
        batchId,
        payload: { ...payload, finishedAt: new Date(finishedAtMs).toISOString() },
      });
      await progress.settlements.ackOutbox(batchId, eventId);
      metrics.inc('batches_completed_total', { status: payload.status });
      logger.info('batch completed', { batchId, ...payload });
    }
  };

  return (batchId) => {
    const running = underWay.get(batchId);
    if (running !== undefined) return running;
    const started = relayAll(batchId).finally(() => underWay.delete(batchId));
    underWay.set(batchId, started);
    return started;
  };
}
