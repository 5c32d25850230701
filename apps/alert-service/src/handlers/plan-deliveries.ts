import { defineHandler, type Broker, type Handler } from '@image2model/broker';
import {
  batchCompleted,
  Failure,
  queues,
  webhookDeliver,
  webhookGather,
  type PayloadOf,
} from '@image2model/contracts';
import type { BatchRecord, BatchWebhook, Progress } from '@image2model/progress';
import { completionDelivery, fileDelivery, wantedEvent } from '../domain/webhook-message.js';
import { deliverMessage, lostAfterMs } from './send-delivery-on.js';

export interface PlanningParts {
  broker: Pick<Broker, 'publishMany'>;
  batches: Pick<Progress['batches'], 'read' | 'file'>;
  deliveries: Pick<Progress['deliveries'], 'open' | 'newFacts'>;
}

type Told = BatchRecord & { webhook: BatchWebhook };
const factsPerRead = 200;

/**
 * The end of a run: its webhook is told, of what is left of its files first. Repeats of the event lead to the same
 * delivery; a crash anywhere leaves one that the sweep finds.
 */
export const planCompletion = (parts: PlanningParts): Handler<PayloadOf<typeof batchCompleted>> =>
  defineHandler({
    consumes: batchCompleted,
    queue: queues.batchCompleted,
    prefetch: 64,
    emits: [],
    async handle({ batchId, payload }) {
      const batch = await batchWithWebhook(parts, batchId);
      if (batch === null) return;
      await gatherFiles(parts, batch);
      if (!batch.webhook.events.includes('batch.completed')) return;
      const delivery = completionDelivery(batch, payload);
      await publish(parts, batch.id, await parts.deliveries.open(batch.id, [delivery], { lostAfterMs }));
    },
  });

/** Files were settled. */
export const gatherFileEvents = (parts: PlanningParts): Handler<Record<string, never>> =>
  defineHandler({
    consumes: webhookGather,
    queue: queues.webhookGather,
    prefetch: 16,
    emits: [],
    async handle({ batchId }) {
      const batch = await batchWithWebhook(parts, batchId);
      if (batch !== null) await gatherFiles(parts, batch);
    },
  });

/** null when the batch has none, or is gone. */
async function batchWithWebhook(
  { batches }: PlanningParts,
  batchId: string | undefined,
): Promise<Told | null> {
  if (batchId === undefined) throw new Failure('unexpected', 'an event of a batch without a batchId');
  const batch = await batches.read(batchId);
  return batch === null || batch.webhook == null ? null : { ...batch, webhook: batch.webhook };
}

/** From the facts themselves: each is told once, however often and in whatever order somebody asks for it. */
async function gatherFiles(parts: PlanningParts, batch: Told): Promise<void> {
  if (!batch.webhook.events.some((event) => event.startsWith('file.'))) return;
  for (;;) {
    const facts = await parts.deliveries.newFacts(batch.id, factsPerRead);
    const last = facts.at(-1);
    if (last === undefined) return;
    const planned = await Promise.all(
      facts.map(async (fact) => {
        const event = wantedEvent(fact, batch.webhook);
        if (event === null) return [];
        const file = await parts.batches.file(batch.id, Number(fact.data['idx']));
        return [fileDelivery(batch.id, fact, event, file)];
      }),
    );
    const upTo = { gathered: last.id, lostAfterMs };
    await publish(parts, batch.id, await parts.deliveries.open(batch.id, planned.flat(), upTo));
    if (facts.length < factsPerRead) return;
  }
}

const publish = ({ broker }: PlanningParts, batchId: string, ids: readonly string[]): Promise<void> =>
  broker.publishMany(
    webhookDeliver,
    ids.map((id) => deliverMessage(batchId, { id, ladder: 1, tried: 0 })),
  );
