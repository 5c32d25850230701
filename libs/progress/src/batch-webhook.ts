import { webhookEvents } from '@image2model/contracts';
import { z } from 'zod';
import type { BatchWebhook } from './delivery-types.js';

const eventsSchema = z.array(z.enum(webhookEvents));

/** The webhook as fields of the batch hash; `wh_files` is there only when it wants to hear of files. */
export function webhookFields(webhook: BatchWebhook | null | undefined): Record<string, string> {
  if (webhook === null || webhook === undefined) return {};
  const files = webhook.events.some((event) => event.startsWith('file.'));
  return { wh_url: webhook.url, wh_events: webhook.events.join(), ...(files ? { wh_files: '1' } : {}) };
}

/** The same on the way back. */
export function parseWebhook(url: string | undefined, events = ''): { webhook?: BatchWebhook } {
  return url === undefined ? {} : { webhook: { url, events: eventsSchema.parse(events.split(',')) } };
}
