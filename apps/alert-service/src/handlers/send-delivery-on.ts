import type { Broker } from '@image2model/broker';
import {
  batchOfDelivery,
  queues,
  webhookDeliver,
  type EnvelopeInput,
  type PayloadOf,
} from '@image2model/contracts';
import type { DeliveryTry } from '@image2model/progress';
import { hopOf } from '../domain/delivery-schedule.js';

/** When its time has come and so much more has passed, ms, the message of a delivery is taken for lost. */
export const lostAfterMs = 60_000;

type Message = EnvelopeInput<PayloadOf<typeof webhookDeliver>>;

/** The message of one try; its id follows from the try. */
export const deliverMessage = (batchId: string, { id, ladder, tried }: DeliveryTry): Message => ({
  id: `${id}:${ladder}:${tried}`,
  batchId,
  payload: { delivery: id, ladder, tried },
});

/** Has a try made by whoever takes its message, after the next hop of its wait. */
export async function sendOn(
  broker: Pick<Broker, 'publish' | 'publishDelayed'>,
  one: DeliveryTry,
  waitMs: number,
): Promise<void> {
  const message = deliverMessage(batchOfDelivery(one.id) ?? '', one);
  const queue = queues.webhookDeliver;
  const rung = hopOf(waitMs, queue.delays)?.name;
  if (rung === undefined) await broker.publish(webhookDeliver, message);
  else await broker.publishDelayed(webhookDeliver, message, { queue, rung });
}
