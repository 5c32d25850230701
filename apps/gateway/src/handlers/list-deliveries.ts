import { listDeliveriesQuerySchema, type Delivery } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { fromCursor, toCursor } from '../domain/cursor.js';
import { deliveryView } from '../domain/delivery-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { loadBatch, type BatchReader } from './load-batch.js';

interface Parts {
  batches: Pick<BatchReader, 'get'>;
  deliveries: Pick<Progress['deliveries'], 'list'>;
}

/** What the webhook of a batch was told and will be told, newest first; empty for a batch without one. */
export const listDeliveries = ({ batches, deliveries }: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/deliveries',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const { limit, cursor } = parseRequest(listDeliveriesQuerySchema, request.query);
      // counted from the oldest: what is new does not move it
      const older = cursor === undefined ? {} : { older: Number(fromCursor('w', cursor, /^\d{1,9}$/)) };
      const page = await deliveries.list(batch.id, { limit, ...older });
      const { url } = batch.webhook ?? {};
      const data: Delivery[] =
        url === undefined ? [] : page.deliveries.map((record) => deliveryView(record, url));
      const next_cursor = page.older === 0 ? null : toCursor('w', String(page.older));
      return { status: 200, json: { data, next_cursor } };
    },
  });
