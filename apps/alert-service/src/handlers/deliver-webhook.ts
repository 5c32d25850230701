import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineHandler, type Broker, type Handler, type HandlerContext } from '@image2model/broker';
import { alertSend, queues, webhookDeliver, type PayloadOf } from '@image2model/contracts';
import type { BeginReply, DeliveryTry, Progress } from '@image2model/progress';
import { shortWaitMs } from '../domain/delivery-schedule.js';
import type { HostPlaces, WebhookSender } from '../domain/webhook-sender.js';
import { concludeTry, type ConcludingParts, type TakenTry } from './conclude-try.js';
import { sendOn } from './send-delivery-on.js';

export interface DeliveringParts extends ConcludingParts {
  broker: Pick<Broker, 'publish' | 'publishDelayed'>;
  deliveries: Progress['deliveries'];
  sender: WebhookSender;
  places: HostPlaces;
  /** ms */
  timeoutMs: number;
}

type Out = typeof webhookDeliver | typeof alertSend;
type Context = Pick<HandlerContext, 'signal' | 'rest'>;
type Begun = Extract<BeginReply, { status: 'go' }>;

/** Beside the post itself, ms: what Redis takes, and a host that lets us wait. */
const spareMs = 5_000;

/**
 * One try of a customer's webhook: lease, post, note. A crash in between repeats the post with the same `webhook-id`;
 * a message about a try that was made is dropped. A slow host holds up none but its own.
 */
export const deliverWebhook = (parts: DeliveringParts): Handler<PayloadOf<typeof webhookDeliver>, Out> =>
  defineHandler({
    consumes: webhookDeliver,
    queue: queues.webhookDeliver,
    prefetch: 32,
    restMost: 256,
    emits: [webhookDeliver, alertSend],
    timeoutMs: parts.timeoutMs + 30_000,
    async handle({ payload: { delivery: id, ladder, tried } }, context) {
      const one = { id, ladder, tried };
      const holder = randomUUID();
      const due = await whenDue(parts, one, holder, context);
      if (due === null) return;
      const leave = await resting(context, () => parts.places(due.url, context.signal));
      if (leave === null) return sendOn(parts.broker, one, shortWaitMs);
      try {
        const taken = await parts.deliveries.begin(one, holder, parts.timeoutMs + spareMs);
        if (taken.status === 'go') await makeTry(parts, { ...one, ...taken, holder });
        else await putOff(parts, one, taken);
      } finally {
        leave();
      }
    },
  });

/** A short wait is waited for here, a long one hops along the ladder. @returns null when this message is done with */
async function whenDue(
  parts: DeliveringParts,
  one: DeliveryTry,
  holder: string,
  context: Context,
): Promise<Begun | null> {
  for (;;) {
    // only looks: a lease of no time hinders nobody
    const reply = await parts.deliveries.begin(one, holder, 0);
    if (reply.status === 'go') return reply;
    if (reply.status !== 'wait' || reply.waitMs >= shortWaitMs) {
      await putOff(parts, one, reply);
      return null;
    }
    await resting(context, () => sleep(reply.waitMs, undefined, { signal: context.signal }));
  }
}

async function putOff(
  { broker, deliveries }: DeliveringParts,
  one: DeliveryTry,
  reply: Exclude<BeginReply, Begun>,
): Promise<void> {
  if (reply.status === 'wait') await sendOn(broker, one, reply.waitMs);
  if (reply.status === 'gone') await deliveries.forget(one.id);
}

/** Meanwhile another delivery is worked on. */
async function resting<T>({ rest }: Context, wait: () => Promise<T>): Promise<T> {
  const wake = rest();
  try {
    return await wait();
  } finally {
    wake();
  }
}

/** A post that has begun is finished, also when the process drains: broken off, it would have to be repeated. */
async function makeTry(parts: DeliveringParts, taken: TakenTry): Promise<void> {
  const { id, url, tenant, body, byHand } = taken;
  const disabled = await parts.endpoints.disabled(tenant, url);
  if (disabled !== null && !byHand) return concludeTry(parts, taken, null, disabled);
  const attempt = await parts.sender.post({ id, url, tenant, body }, new AbortController().signal);
  await concludeTry(parts, taken, attempt, disabled);
}
