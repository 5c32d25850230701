import { defineRoute, type Route } from '../domain/route.js';
import { showBatch, type ShowingParts } from './show-batch.js';

/** One batch; the progress of its running files counts. */
export const getBatch = (parts: ShowingParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}',
    handle: (request) => showBatch(parts, request),
  });
