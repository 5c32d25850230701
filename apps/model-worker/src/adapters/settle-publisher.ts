import type { Broker } from '@image2model/broker';
import { fileSettled, filesPerSettleMessage } from '@image2model/contracts';
import { Coalescer, currentTraceparent, failpoint } from '@image2model/service-kit';

/** Messages of one batch on their way at once: meanwhile concluded files gather for the next one. */
const inFlight = 2;

/** Tells the orchestrator about concluded files: many of one batch in a message, confirmed. */
export function createSettlePublisher(broker: Broker): (batchId: string, idx: number) => Promise<true> {
  // while tracing is on: the trace of one of the files that gather, as a message can belong to one only
  const traces = new Map<string, string>();
  const messages = new Coalescer<number, true>(
    async (batchId, files) => {
      failpoint('worker.15.settle-gathered');
      const traceparent = traces.get(batchId);
      traces.delete(batchId);
      await broker.publish(fileSettled, { batchId, traceparent, payload: { files } });
      failpoint('worker.16.settle-published');
      return files.map(() => true as const);
    },
    { most: filesPerSettleMessage, inFlight },
  );
  return (batchId, idx) => {
    const trace = currentTraceparent();
    if (trace !== undefined && (trace.endsWith('-01') || !traces.has(batchId))) traces.set(batchId, trace);
    return messages.add(batchId, idx);
  };
}
