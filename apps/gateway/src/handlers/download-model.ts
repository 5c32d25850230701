import type { Storage } from '@image2model/storage';
import { preconditionOf, rangeHeader } from '../domain/entity-tag.js';
import { attachment, safeBase } from '../domain/file-names.js';
import { HttpProblem, notFound } from '../domain/http-problem.js';
import { defineRoute, type ApiRequest, type Route } from '../domain/route.js';
import { fileIndex, loadBatch, type BatchReader } from './load-batch.js';
import { sendStored } from './send-stored.js';

interface Parts {
  batches: BatchReader;
  storage: Pick<Storage, 'read' | 'presign'>;
  /** presigned: answered with a link to object storage; a storage without links is streamed */
  downloads: 'stream' | 'presigned';
}

/** How long a link to a model may be used. */
const linkExpiresS = 900;

/** The GLB of a completed file: one range, conditions on its entity tag, and nothing that a browser would run. */
export const downloadModel = ({ batches, storage, downloads }: Parts): Route =>
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
      const { presign } = storage;
      if (downloads === 'presigned' && presign !== null && !hasOwnTag(request))
        return {
          status: 307,
          headers: await linkTo(presign, request, file.model.key, headers),
          nothing: true,
        };
      return sendStored(storage, file.model, headers, rangeHeader(request.method, request.header, tag));
    },
  });

/** A client repeats its conditions where the link leads, and there the entity tag is another one. */
const hasOwnTag = ({ header }: ApiRequest): boolean =>
  header('If-Match') !== undefined || header('If-Range') !== undefined;

async function linkTo(
  presign: NonNullable<Storage['presign']>,
  { method }: ApiRequest,
  key: string,
  headers: Record<'Cache-Control' | 'Content-Type' | 'Content-Disposition', string>,
): Promise<Record<string, string>> {
  const link = await presign(key, {
    // a signature is good for one method
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    expiresS: linkExpiresS,
    contentType: headers['Content-Type'],
    disposition: headers['Content-Disposition'],
    cacheControl: headers['Cache-Control'],
  });
  return { Location: link, 'Cache-Control': 'no-store' };
}
