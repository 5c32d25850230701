import { listFilesQuerySchema, type FileList } from '@image2model/contracts';
import { fromCursor, toCursor } from '../domain/cursor.js';
import { fileView } from '../domain/file-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { loadBatch } from './load-batch.js';
import type { ShowingParts } from './show-batch.js';

/** The files of a batch by idx, all or those of one status. */
export const listFiles = ({ batches, governors }: ShowingParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/files',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const { status, limit, cursor } = parseRequest(listFilesQuerySchema, request.query);
      const page = await batches.files(batch.id, {
        limit,
        from: cursor === undefined ? 0 : Number(fromCursor('f', cursor, /^\d{1,7}$/)),
        ...(status === undefined ? {} : { states: [status] }),
      });
      const about = { providers: await governors.states(), nowMs: Date.now() };
      const list: FileList = {
        data: page.files.map((file) => fileView(batch, file, about)),
        next_cursor: page.next === null ? null : toCursor('f', String(page.next)),
      };
      return { status: 200, json: list };
    },
  });
