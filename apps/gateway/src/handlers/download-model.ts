import type { ModelResult } from '@image2model/progress';
import { StorageError, type ReadRange, type Storage } from '@image2model/storage';
import { wantedRange } from '../domain/byte-range.js';
import { preconditionOf, rangeHeader } from '../domain/entity-tag.js';
import { attachment, safeBase } from '../domain/file-names.js';
import { HttpProblem, notFound } from '../domain/http-problem.js';
import { defineRoute, type ApiReply, type Route } from '../domain/route.js';
import { fileIndex, loadBatch, type BatchReader } from './load-batch.js';

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
        'Content-Disposition': attachment(`${safeBase(file.source?.name ?? null)}.glb`),
      };
      const precondition = preconditionOf(request.header, tag);
      if (precondition === 'failed')
        throw new HttpProblem(412, 'precondition_failed', `The model's entity tag is ${tag}.`);
      if (precondition === 'not_modified') return { status: 304, headers, nothing: true };
      return send(storage, file.model, headers, rangeHeader(request.method, request.header, tag));
    },
  });

async function send(
  storage: Parts['storage'],
  { key, bytes }: ModelResult,
  headers: Record<string, string>,
  range: string | undefined,
): Promise<ApiReply> {
  const typed = { ...headers, 'Content-Type': 'model/gltf-binary' };
  const wanted = wantedRange(range, bytes);
  if (wanted.want === 'all')
    return {
      status: 200,
      headers: { ...typed, 'Content-Length': String(bytes) },
      bytes: await open(storage, key),
    };
  if (wanted.want === 'impossible')
    throw new HttpProblem(416, 'range_not_satisfiable', `The model has ${bytes} bytes.`, {
      headers: { 'Content-Range': `bytes */${bytes}` },
    });
  const { start, end } = wanted;
  const part = {
    'Content-Range': `bytes ${start}-${end}/${bytes}`,
    'Content-Length': String(end - start + 1),
  };
  return { status: 206, headers: { ...typed, ...part }, bytes: await open(storage, key, { start, end }) };
}

async function open(storage: Parts['storage'], key: string, range?: ReadRange): ReturnType<Storage['read']> {
  try {
    return await storage.read(key, range);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not_found') throw notFound();
    throw error;
  }
}
