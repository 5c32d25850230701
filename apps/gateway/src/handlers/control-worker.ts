import { drainWorkerSchema } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { requireConfirm } from '../domain/confirm.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, byOperator, type AuditingParts } from './audit-operator.js';
import { readWorker, type WorkerReading } from './list-workers.js';
import { readOptionalJson } from './read-optional-json.js';

interface Parts extends AuditingParts, WorkerReading {
  orders: Pick<Progress['orders'], 'drain' | 'resume'>;
}

/** Tells a process to hand over what it has; it does so as on SIGTERM. Idempotent; 202, since it takes its time. */
export const drainWorker = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/workers/{id}/drain',
    async handle(request) {
      const worker = await readWorker(parts, request.params['id'] ?? '');
      const { then, ...body } = parseRequest(drainWorkerSchema, await readOptionalJson(request));
      requireConfirm(request, body, worker.id);
      await parts.orders.drain(worker.id, { then, by: byOperator(request.caller) });
      const message = `told ${worker.id} to drain, then ${then === 'idle' ? 'to wait' : 'to start anew'}`;
      const details = { worker: worker.id, service: worker.service, then };
      await audit(parts, request, { event: 'worker.draining', message, details });
      return { status: 202, json: await readWorker(parts, worker.id) };
    },
  });

/** Lets a drained process that stayed take work again. Idempotent. */
export const resumeWorker = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/workers/{id}/resume',
    async handle(request) {
      const { id, service } = await readWorker(parts, request.params['id'] ?? '');
      const was = await parts.orders.resume(id);
      if (was) {
        const details = { worker: id, service };
        await audit(parts, request, {
          event: 'worker.resumed',
          message: `told ${id} to take work again`,
          details,
        });
      }
      return { status: 202, json: await readWorker(parts, id) };
    },
  });
