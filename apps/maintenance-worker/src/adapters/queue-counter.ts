import type { Broker } from '@image2model/broker';
import { deadQueueName, workQueues } from '@image2model/contracts';

/** Ready messages by queue. */
export interface QueueCounter {
  work(): Promise<Record<string, number>>;
  dead(): Promise<Record<string, number>>;
}

export function createQueueCounter(broker: Pick<Broker, 'readyCount'>): QueueCounter {
  const names = workQueues.map(({ name }) => name);
  const count = async (queues: readonly string[]): Promise<Record<string, number>> =>
    Object.fromEntries(
      await Promise.all(queues.map(async (queue) => [queue, await broker.readyCount(queue)] as const)),
    );
  return { work: () => count(names), dead: () => count(names.map(deadQueueName)) };
}
