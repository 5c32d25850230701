import type { Storage } from '@image2model/storage';
import { preconditionOf, rangeHeader } from '../domain/entity-tag.js';
import { attachment, safeBase } from '../domain/file-names.js';
import { HttpProblem, notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { fileIndex, loadBatch, type BatchReader } from './load-batch.js';
import { sendStored } from './send-stored.js';

interface Parts {
  batches: BatchReader;
  storage: Pick<Storage, 'read'>;
}

/** The GLB of a completed file: one range, conditions on its entity tag, and nothing that a browser would run. */
export const downloadModel = ({ batches, storage }: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/files/{idx}/model',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const file = await batches.file(batch.id, fileIndex(request, batch));
      if (file === null || file.model === null) throw notFound();
      const tag = `"${file.model.sha256}"`;
      const headers = {
        ETag: tag,
        'Cache-Control': 'private, no-cache',
        'Accept-Ranges': 'bytes',
        'Content-Type': 'model/gltf-binary',
        'Content-Disposition': attachment(`${safeBase(file.source?.name ?? null)}.glb`),
      };
      const precondition = preconditionOf(request.header, tag);
      if (precondition === 'failed')
        throw new HttpProblem(412, 'precondition_failed', `The model's entity tag is ${tag}.`);
      if (precondition === 'not_modified') return { status: 304, headers, nothing: true };
      return sendStored(storage, file.model, headers, rangeHeader(request.method, request.header, tag));
    },
  });
