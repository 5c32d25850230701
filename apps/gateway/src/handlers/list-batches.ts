import { listBatchesQuerySchema, type BatchList } from '@image2model/contracts';
import type { ListPosition } from '@image2model/progress';
import { batchView, statusOf } from '../domain/batch-view.js';
import { fromCursor, toCursor } from '../domain/cursor.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import type { ShowingParts } from './show-batch.js';

/** The tenant's batches, newest first. */
export const listBatches = ({ batches, governors }: ShowingParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches',
    async handle({ caller, query }) {
      const { status, limit, cursor } = parseRequest(listBatchesQuerySchema, query);
      const providers = await governors.states();
      const page = await batches.list(caller.tenant, {
        limit,
        ...(status === undefined ? {} : { status: (record) => statusOf(record, providers) === status }),
        ...(cursor === undefined ? {} : { below: positionOf(cursor) }),
      });
      const list: BatchList = {
        data: page.batches.map((record) => batchView(record, [], Date.now(), providers)),
        next_cursor: page.next === null ? null : cursorOf(page.next),
      };
      return { status: 200, json: list };
    },
  });

/** Time and id: a cursor stays good when its batch is deleted. */
const cursorOf = ({ createdAtMs, id }: ListPosition): string => toCursor('b', `${createdAtMs}-${id}`);

function positionOf(cursor: string): ListPosition {
  const [createdAtMs, id = ''] = fromCursor('b', cursor, /^\d{1,15}-bat_[0-9a-f]{32}$/).split('-');
  return { createdAtMs: Number(createdAtMs), id };
}
