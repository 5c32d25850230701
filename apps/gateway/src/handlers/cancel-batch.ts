import type { Broker } from '@image2model/broker';
import { batchCancelRequested } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { batchView, isTerminal } from '../domain/batch-view.js';
import { notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';

interface Parts {
  batches: BatchReader & Pick<Progress['batches'], 'requestCancel'>;
  broker: Pick<Broker, 'publish' | 'state'>;
  logger: Logger;
}

/**
 * Stops a batch: from the answer on nothing of it starts. The orchestrator gives the waiting files their terminal
 * state; a publish that fails is healed by its reconciler. Idempotent.
 */
export const cancelBatch = ({ batches, broker, logger }: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches/{id}/cancel',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const state = await batches.requestCancel(batch.id);
      if (state === null) throw notFound();
      if (state === 'cancelling') await announce({ broker, logger }, batch.id, batch.tenant);
      const after = await loadBatch(batches, request);
      const running = isTerminal(after) ? [] : await batches.progress(after.id);
      return { status: 200, json: batchView(after, running, Date.now()) };
    },
  });

async function announce(
  { broker, logger }: Pick<Parts, 'broker' | 'logger'>,
  batchId: string,
  tenant: string,
): Promise<void> {
  try {
    await broker.publish(batchCancelRequested, { batchId, tenant, payload: {} });
  } catch (error) {
    logger.warn('a cancel is not announced; the reconciler will find it', { batchId, error });
  }
}
