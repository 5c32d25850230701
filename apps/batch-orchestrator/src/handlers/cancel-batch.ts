import { defineHandler, type Broker, type Handler } from '@image2model/broker';
import { batchCancelRequested, batchCompleted, Failure, modelGenerate, queues } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import { reissueFile } from './reissue-file.js';
import type { Relay } from './relay-completions.js';

interface Deps {
  broker: Pick<Broker, 'publish' | 'publishDelayed'>;
  progress: Progress;
  relay: Relay;
  logger: Logger;
}

/** Files one script call looks at: keeps Redis free for others while a large batch is cancelled. */
const filesPerCall = 1_000;
/** A paid file of a cancelling batch is given to a worker again after so long, ms. */
const askAgainMs = 60_000;

/**
 * Ends everything of a cancelling batch that no live worker holds; what is held ends by its worker's conclusion. What is or
 * may be paid for is given to a worker, which asks the provider to cancel it.
 * Safe to repeat; the reconciler repeats it until the batch has ended.
 */
export async function cancelBatch(deps: Deps, batchId: string): Promise<void> {
  const { progress, relay } = deps;
  failpoint('orchestrator.17.cancel-taken');
  for (;;) {
    const { done } = await progress.settlements.cancelWaiting(batchId, filesPerCall);
    failpoint('orchestrator.18.waiting-cancelled');
    if (done) break;
  }
  const started = await progress.settlements.overdue(batchId, Number.MAX_SAFE_INTEGER, 4_096);
  const paid: number[] = [];
  for (let at = 0; at < started.length; at += filesPerCall) {
    const { open } = await progress.settlements.cancelUnheld(batchId, started.slice(at, at + filesPerCall));
    paid.push(...open);
  }
  failpoint('orchestrator.19.unheld-cancelled');
  await endPaid(deps, batchId, paid);
  await relay(batchId);
}

async function endPaid(deps: Deps, batchId: string, files: readonly number[]): Promise<void> {
  const batch = files.length === 0 ? null : await deps.progress.batches.read(batchId);
  if (batch === null) return;
  const again = { dueInMs: askAgainMs, unclaimed: false, atMostEveryMs: askAgainMs, why: 'cancelled' };
  for (const idx of files) await reissueFile(deps, batch, idx, again);
}

export const handleCancelRequest = (
  deps: Deps,
): Handler<Record<string, never>, typeof batchCompleted | typeof modelGenerate> =>
  defineHandler({
    consumes: batchCancelRequested,
    queue: queues.batchCancelRequested,
    prefetch: 16,
    emits: [batchCompleted, modelGenerate],
    async handle({ batchId }) {
      if (batchId === undefined) throw new Failure('unexpected', 'batch.cancel-requested without a batchId');
      await cancelBatch(deps, batchId);
      failpoint('orchestrator.20.cancel-done');
    },
  });
