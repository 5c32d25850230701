import type { Broker } from '@image2model/broker';
import { batchOfDelivery, webhookDeliver } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { deliveryView } from '../domain/delivery-view.js';
import { notFound } from '../domain/http-problem.js';
import { noWebhookSecret } from '../domain/no-webhook-secret.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';

interface Parts {
  batches: Pick<BatchReader, 'get'>;
  deliveries: Pick<Progress['deliveries'], 'redeliver' | 'get'>;
  broker: Pick<Broker, 'publish'>;
  webhooks: { master: string | undefined };
}

/** Somebody finds the delivery after so long if its message is lost, ms. */
const lostAfterMs = 60_000;

/**
 * Sends a webhook once more, whatever became of it: the same message and the same `webhook-id`, a new ladder of tries,
 * also to an endpoint that is disabled. One that takes it is in use again.
 */
export const redeliver = ({ batches, deliveries, broker, webhooks }: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches/{id}/deliveries/{delivery}/redeliver',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      const id = request.params['delivery'] ?? '';
      const url = batch.webhook?.url;
      if (batchOfDelivery(id) !== batch.id || url === undefined) throw notFound();
      if (webhooks.master === undefined) throw noWebhookSecret();
      const one = await deliveries.redeliver(id, lostAfterMs);
      const record = one === null ? null : await deliveries.get(id);
      if (one === null || record === null) throw notFound();
      await broker.publish(webhookDeliver, {
        id: `${id}:${one.ladder}:0`,
        batchId: batch.id,
        payload: { delivery: id, ladder: one.ladder, tried: 0 },
      });
      return { status: 202, json: deliveryView(record, url) };
    },
  });
