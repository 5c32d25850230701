import { setTimeout as pause } from 'node:timers/promises';
import type { Broker } from '@image2model/broker';
import { maintenanceEraseBatch } from '@image2model/contracts';
import type { BatchRecord, DeleteReply, Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { isTerminal, statusOf } from '../domain/batch-view.js';
import { HttpProblem, notFound, unavailable } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';

interface Parts {
  batches: BatchReader;
  deletions: Pick<Progress['deletions'], 'delete'>;
  broker: Pick<Broker, 'publish'>;
  logger: Logger;
}

/** A batch ends a moment before its completion is announced; who deletes it in between waits so long at most. */
const announcedWithinMs = 5_000;
const lookEveryMs = 50;

/**
 * Deletes a batch that has ended: from the answer on there is no such batch. The maintenance worker erases what it
 * leaves; a task that cannot be published is found by that worker's sweep.
 */
export const deleteBatch = ({ batches, deletions, broker, logger }: Parts): Route =>
  defineRoute({
    method: 'DELETE',
    path: '/v1/batches/{id}',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      if (!isTerminal(batch)) throw stillLive(batch);
      const reply = await deleteSoon(deletions, batch);
      if (reply === 'missing') throw notFound();
      if (reply === 'live') throw stillLive(batch);
      if (reply === 'busy')
        throw unavailable('The completion of the batch is still being announced; delete it after that.', 5);
      await askToErase({ broker, logger }, batch);
      return { status: 204, nothing: true };
    },
  });

const stillLive = (batch: BatchRecord): HttpProblem =>
  new HttpProblem(
    409,
    'batch_not_ended',
    `Only a batch that has ended can be deleted; this one is ${isTerminal(batch) ? 'live again' : statusOf(batch)}. Cancel it first.`,
  );

async function deleteSoon(deletions: Parts['deletions'], { tenant, id }: BatchRecord): Promise<DeleteReply> {
  const until = performance.now() + announcedWithinMs;
  for (;;) {
    const reply = await deletions.delete(tenant, id);
    if (reply !== 'busy' || performance.now() >= until) return reply;
    await pause(lookEveryMs);
  }
}

async function askToErase(
  { broker, logger }: Pick<Parts, 'broker' | 'logger'>,
  { id, tenant }: BatchRecord,
): Promise<void> {
  try {
    await broker.publish(maintenanceEraseBatch, { id: `erase:${id}`, batchId: id, tenant, payload: {} });
  } catch (error) {
    logger.warn('a deleted batch is not announced to be erased; the sweep will find it', {
      batchId: id,
      error,
    });
  }
}
