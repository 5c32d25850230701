import { fileView } from '../domain/file-view.js';
import { notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { fileIndex, loadBatch, type BatchReader } from './load-batch.js';

/** One file of a batch. */
export const getFile = ({ batches }: { batches: BatchReader }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/files/{idx}',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const file = await batches.file(batch.id, fileIndex(request, batch));
      if (file === null) throw notFound();
      return { status: 200, json: fileView(batch, file) };
    },
  });
