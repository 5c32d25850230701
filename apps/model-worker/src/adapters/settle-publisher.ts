import type { Broker } from '@image2model/broker';
import { fileSettled, filesPerSettleMessage } from '@image2model/contracts';
import { Coalescer, failpoint } from '@image2model/service-kit';

/** Messages of one batch on their way at once: meanwhile concluded files gather for the next one. */
const inFlight = 2;

/** Tells the orchestrator about concluded files: many of one batch in a message, confirmed. */
export function createSettlePublisher(broker: Broker): (batchId: string, idx: number) => Promise<true> {
  const messages = new Coalescer<number, true>(
    async (batchId, files) => {
      failpoint('worker.15.settle-gathered');
      await broker.publish(fileSettled, { batchId, payload: { files } });
      failpoint('worker.16.settle-published');
      return files.map(() => true as const);
    },
    { most: filesPerSettleMessage, inFlight },
  );
  return (batchId, idx) => messages.add(batchId, idx);
}
