import { setTimeout as pause } from 'node:timers/promises';
import type { Broker } from '@image2model/broker';
import { batchCancelRequested } from '@image2model/contracts';
import type { BatchRecord, Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';
import { showBatch, type ShowingParts } from './show-batch.js';

interface Parts extends ShowingParts {
  batches: BatchReader & Pick<Progress['batches'], 'requestCancel'>;
  ledger: Pick<Progress['ledger'], 'onTheWire'>;
  broker: Pick<Broker, 'publish' | 'state'>;
  logger: Logger;
}

/** A paid submit has its answer, or none, after so long. */
const answeredWithinMs = 20_000;
const lookEveryMs = 50;

/**
 * Stops a batch: from the answer on nothing of it starts and nothing is bought. The orchestrator gives the waiting
 * files their terminal state; a publish that fails is healed by its reconciler. Idempotent.
 */
export const cancelBatch = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches/{id}/cancel',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      const state = await parts.batches.requestCancel(batch.id);
      if (state === null) throw notFound();
      if (state === 'cancelling') {
        await announce(parts, batch);
        await submitsAnswered(parts, batch.id);
      }
      return showBatch(parts, request);
    },
  });

/** No further submit is decided on; those that were may still be accepted until they are answered. */
async function submitsAnswered(
  { ledger, logger }: Pick<Parts, 'ledger' | 'logger'>,
  batchId: string,
): Promise<void> {
  const until = performance.now() + answeredWithinMs;
  for (;;) {
    const open = await ledger.onTheWire(batchId, Date.now());
    if (open === 0) return;
    if (performance.now() >= until) {
      logger.warn('a cancel is answered while paid submits are unanswered', { batchId, open });
      return;
    }
    await pause(lookEveryMs);
  }
}

async function announce(
  { broker, logger }: Pick<Parts, 'broker' | 'logger'>,
  { id: batchId, tenant }: BatchRecord,
): Promise<void> {
  try {
    await broker.publish(batchCancelRequested, { batchId, tenant, payload: {} });
  } catch (error) {
    logger.warn('a cancel is not announced; the reconciler will find it', { batchId, error });
  }
}
