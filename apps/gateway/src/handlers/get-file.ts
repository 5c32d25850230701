import { fileView } from '../domain/file-view.js';
import { notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { fileIndex, loadBatch } from './load-batch.js';
import type { ShowingParts } from './show-batch.js';

/** One file of a batch. */
export const getFile = ({ batches, governors }: ShowingParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/files/{idx}',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const idx = fileIndex(request, batch);
      const [file, providers] = await Promise.all([batches.file(batch.id, idx), governors.states()]);
      if (file === null) throw notFound();
      return { status: 200, json: fileView(batch, file, { providers, nowMs: Date.now() }) };
    },
  });
