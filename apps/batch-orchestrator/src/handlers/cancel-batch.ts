import { defineHandler, type Handler } from '@image2model/broker';
import { batchCancelRequested, batchCompleted, Failure, queues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint } from '@image2model/service-kit';
import type { Relay } from './relay-completions.js';

/** Files one script call looks at: keeps Redis free for others while a large batch is cancelled. */
const filesPerCall = 1_000;

/**
 * Ends everything of a cancelling batch that no live worker holds; what is held ends by its worker's conclusion.
 * Safe to repeat; the reconciler repeats it until the batch has ended.
 */
export async function cancelBatch(progress: Progress, relay: Relay, batchId: string): Promise<void> {
  failpoint('orchestrator.17.cancel-taken');
  for (;;) {
    const { done } = await progress.settlements.cancelWaiting(batchId, filesPerCall);
    failpoint('orchestrator.18.waiting-cancelled');
    if (done) break;
  }
  const started = await progress.settlements.overdue(batchId, Number.MAX_SAFE_INTEGER, 4_096);
  for (let at = 0; at < started.length; at += filesPerCall)
    await progress.settlements.cancelUnheld(batchId, started.slice(at, at + filesPerCall));
  failpoint('orchestrator.19.unheld-cancelled');
  await relay(batchId);
}

export const handleCancelRequest = (deps: {
  progress: Progress;
  relay: Relay;
}): Handler<Record<string, never>, typeof batchCompleted> =>
  defineHandler({
    consumes: batchCancelRequested,
    queue: queues.batchCancelRequested,
    prefetch: 16,
    emits: [batchCompleted],
    async handle({ batchId }) {
      if (batchId === undefined) throw new Failure('unexpected', 'batch.cancel-requested without a batchId');
      await cancelBatch(deps.progress, deps.relay, batchId);
      failpoint('orchestrator.20.cancel-done');
    },
  });
