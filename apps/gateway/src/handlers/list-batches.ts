import { listBatchesQuerySchema, type BatchList } from '@image2model/contracts';
import { batchView, statusOf } from '../domain/batch-view.js';
import { fromCursor, toCursor } from '../domain/cursor.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import type { BatchReader } from './load-batch.js';

/** The tenant's batches, newest first. */
export const listBatches = ({ batches }: { batches: BatchReader }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches',
    async handle({ caller, query }) {
      const { status, limit, cursor } = parseRequest(listBatchesQuerySchema, query);
      const page = await batches.list(caller.tenant, {
        limit,
        ...(status === undefined ? {} : { status: (record) => statusOf(record) === status }),
        ...(cursor === undefined ? {} : { before: fromCursor('b', cursor, /^bat_[0-9a-f]{32}$/) }),
      });
      const list: BatchList = {
        data: page.batches.map((record) => batchView(record, [], Date.now())),
        next_cursor: page.next === null ? null : toCursor('b', page.next),
      };
      return { status: 200, json: list };
    },
  });
