import { Readable } from 'node:stream';
import type { BatchRecord } from '@image2model/progress';
import { attachment } from '../domain/file-names.js';
import { manifestFile, manifestHead } from '../domain/file-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';

const filesPerRead = 500;

/** Every file of a batch and what became of it, streamed: memory stays flat however large the batch. */
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
      return { status: 200, headers, bytes: Readable.from(lines(batches, batch), { highWaterMark: 1 }) };
    },
  });

async function* lines(batches: BatchReader, batch: BatchRecord): AsyncGenerator<string> {
  yield `${JSON.stringify(manifestHead(batch, Date.now())).slice(0, -1)},"files":[`;
  let separator = '\n';
  for (let from: number | null = 0; from !== null;) {
    const page: Awaited<ReturnType<BatchReader['files']>> = await batches.files(batch.id, {
      limit: filesPerRead,
      from,
    });
    let text = '';
    for (const file of page.files) {
      text += separator + JSON.stringify(manifestFile(batch, file));
      separator = ',\n';
    }
    yield text;
    from = page.next;
  }
  yield '\n]}\n';
}
