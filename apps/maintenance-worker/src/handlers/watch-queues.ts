import type { Fleet } from '@image2model/progress';
import type { Metrics } from '@image2model/service-kit';

export interface QueueWatchDeps {
  fleet: Pick<Fleet, 'holdLease'>;
  instance: string;
  metrics: Metrics;
  /** Ready messages by queue. */
  queues: { work(): Promise<Record<string, number>>; dead(): Promise<Record<string, number>> };
}

export const queueWatchIntervalMs = 15_000;

/** Keeps image2model_queue_length current on one replica; the others show nothing rather than old numbers. */
export function createQueueWatch({ fleet, instance, metrics, queues }: QueueWatchDeps) {
  return async (): Promise<void> => {
    const elected = await fleet.holdLease('queue-length', instance, 2 * queueWatchIntervalMs);
    metrics.clear('queue_length');
    if (!elected) return;
    const counts = { ...(await queues.work()), ...(await queues.dead()) };
    for (const [queue, ready] of Object.entries(counts)) metrics.set('queue_length', { queue }, ready);
  };
}
