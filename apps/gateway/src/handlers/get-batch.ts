import { batchView, isTerminal } from '../domain/batch-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';

/** One batch; the progress of its running files counts. */
export const getBatch = ({ batches }: { batches: BatchReader }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const running = isTerminal(batch) ? [] : await batches.progress(batch.id);
      return { status: 200, json: batchView(batch, running, Date.now()) };
    },
  });
