import { batchCompleted } from '@image2model/contracts';
import type { Broker } from '@image2model/broker';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import { secondsSince } from '../domain/seconds-since.js';

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
  const turns = new Map<string, { now: Promise<void>; next?: Promise<void> }>();

  const relayAll = async (batchId: string): Promise<void> => {
    for (const { eventId, finishedAtMs, ...payload } of await progress.settlements.outbox(batchId)) {
      failpoint('orchestrator.14.completion-read');
      await broker.publish(batchCompleted, {
        id: eventId,
        batchId,
        payload: { ...payload, finishedAt: new Date(finishedAtMs).toISOString() },
      });
      failpoint('orchestrator.15.completion-published');
      await progress.settlements.ackOutbox(batchId, eventId);
      failpoint('orchestrator.16.completion-cleared');
      metrics.inc('batches_completed_total', { status: payload.status });
      metrics.observe('completion_delay_seconds', {}, secondsSince(finishedAtMs));
      logger.info('batch completed', { batchId, ...payload });
      const message = `batch ${payload.status}: ${payload.completed} of ${payload.total} files`;
      void progress.opsEvents.add('batch.completed', {
        by: null,
        message,
        details: { batch_id: batchId, ...payload },
      });
    }
  };

  const relay = (batchId: string): Promise<void> => {
    const turn = turns.get(batchId);
    // the one under way may have read the outbox before the caller's row was in it
    if (turn !== undefined) return (turn.next ??= turn.now.catch(() => undefined).then(() => relay(batchId)));
    const now = relayAll(batchId).finally(() => turns.delete(batchId));
    turns.set(batchId, { now });
    return now;
  };
  return relay;
}
