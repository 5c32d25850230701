import {
  completionDeliveryId,
  fileDeliveryId,
  shownUrl,
  webhookEvents,
  type Batch,
  type batchCompleted,
  type PayloadOf,
  type WebhookEvent,
} from '@image2model/contracts';
import {
  shownBatch,
  type BatchRecord,
  type BatchWebhook,
  type Fact,
  type FileRecord,
  type NewDelivery,
} from '@image2model/progress';

/** The body of every webhook; made once, so that all tries of a delivery send the same bytes. */
const bodyOf = (type: WebhookEvent, timestamp: string, data: unknown): string =>
  JSON.stringify({ type, timestamp, data });

/**
 * The end of a run as its webhook is told: the batch as GET shows it then, whatever happened to it since. The query of
 * the URL, where its secrets are, is left out.
 */
export function completionDelivery(
  batch: BatchRecord,
  { run, status, finishedAt, completed, failed, cancelled }: PayloadOf<typeof batchCompleted>,
): NewDelivery {
  const head = shownBatch(batch);
  const data: Batch = {
    ...head,
    run,
    status,
    counts: { pending: 0, running: 0, completed, failed, cancelled },
    progress: 100,
    eta_seconds: null,
    hold: null,
    completed_at: finishedAt,
    webhook_url: head.webhook_url === null ? null : shownUrl(head.webhook_url),
  };
  const event = 'batch.completed';
  return { id: completionDeliveryId(batch.id, run), event, body: bodyOf(event, finishedAt, data) };
}

/** What a webhook wants to hear of a fact; null when it does not. */
export function wantedEvent({ event }: Fact, { events }: BatchWebhook): WebhookEvent | null {
  const known = webhookEvents.find((one) => one === event);
  return known === undefined || known === 'batch.completed' || !events.includes(known) ? null : known;
}

/** One settled file. @param file what is known of its source; null when it is gone */
export function fileDelivery(
  batchId: string,
  { id, data: { idx, model, ...outcome } }: Fact,
  event: WebhookEvent,
  file: Pick<FileRecord, 'source'> | null,
): NewDelivery {
  const url = `/v1/batches/${batchId}/files/${String(idx)}/model`;
  const data = {
    batch_id: batchId,
    idx,
    name: file?.source?.name ?? null,
    metadata: file?.source?.metadata ?? null,
    ...outcome,
    ...(model === undefined ? {} : { model: isObject(model) ? { url, ...model } : null }),
  };
  const timestamp = new Date(Number(id.split('-')[0])).toISOString();
  return { id: fileDeliveryId(batchId, id), event, body: bodyOf(event, timestamp, data) };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
