import { defineHandler, type Handler } from '@image2model/broker';
import { batchCompleted, Failure, fileSettled, queues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import { secondsSince } from '../domain/seconds-since.js';
import type { Relay } from './relay-completions.js';

/**
 * Fan-in: gives concluded files their terminal state. Repeats change nothing, so the relay and the refill are derived
 * from the state after every message, duplicates too.
 */
export const settleFiles = (deps: {
  progress: Progress;
  relay: Relay;
  refill: () => void;
  /** a batch whose webhook wants to hear of its files */
  tellFiles: (batchId: string) => void;
  metrics: Metrics;
  logger: Logger;
}): Handler<{ files: number[] }, typeof batchCompleted> =>
  defineHandler({
    consumes: fileSettled,
    queue: queues.fileSettled,
    prefetch: 256,
    emits: [batchCompleted],
    async handle({ batchId, occurredAt, payload }) {
      if (batchId === undefined) throw new Failure('unexpected', 'file.settled without a batchId');
      failpoint('orchestrator.11.settled-taken');
      const reply = await deps.progress.settlements.finish(batchId, payload.files);
      failpoint('orchestrator.12.finished');
      if (reply.state === 'missing') {
        deps.logger.warn('settlement of a batch that is gone', { batchId });
        return;
      }
      for (const outcome of ['completed', 'failed', 'cancelled'] as const)
        if (reply[outcome] > 0) deps.metrics.inc('files_settled_total', { outcome }, reply[outcome]);
      deps.metrics.observe('settle_delay_seconds', {}, secondsSince(Date.parse(occurredAt)));
      if (reply.tellsFiles) deps.tellFiles(batchId);
      deps.refill();
      if (reply.state !== 'running' && reply.state !== 'cancelling') await deps.relay(batchId);
      failpoint('orchestrator.13.settled-done');
    },
  });
