import { Readable } from 'node:stream';
import { attachment } from '../domain/file-names.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';
import { manifestText } from './read-manifest.js';

/** Every file of a batch and what became of it, streamed. */
export const getManifest = ({ batches }: { batches: BatchReader }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/manifest',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const headers = {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Disposition': attachment(`${batch.id}.manifest.json`),
      };
      const bytes = Readable.from(manifestText(batches, batch), { highWaterMark: 1 });
      return { status: 200, headers, bytes };
    },
  });
