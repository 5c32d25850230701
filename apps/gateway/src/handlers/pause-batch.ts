import type { BatchRecord, Progress } from '@image2model/progress';
import { isTerminal, statusOf } from '../domain/batch-view.js';
import { HttpProblem, notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch } from './load-batch.js';
import { showBatch, type ShowingParts } from './show-batch.js';

interface Parts extends ShowingParts {
  controls: Pick<Progress['controls'], 'hold'>;
}

/**
 * Holds a live batch: from the answer on no file of it starts; what is paid for is finished. Idempotent. One that has
 * ended cannot be held: 409, for who pauses it thinks that it goes on.
 */
export const pauseBatch = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches/{id}/pause',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      const { state } = await parts.controls.hold(batch.id, { reason: 'user', detail: 'paused on request' });
      if (state === 'missing') throw notFound();
      if (state !== 'running') throw notRunning({ ...batch, state });
      return showBatch(parts, request);
    },
  });

const notRunning = (batch: BatchRecord): HttpProblem =>
  isTerminal(batch)
    ? new HttpProblem(409, 'batch_ended', `The batch is ${statusOf(batch)}; there is nothing left to pause.`)
    : new HttpProblem(409, 'batch_cancelling', 'The batch is being cancelled; it cannot be paused.');
