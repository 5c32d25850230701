import { shownUrl, type Delivery } from '@image2model/contracts';
import type { DeliveryRecord } from '@image2model/progress';
import { isoTime, isoTimeOrNull } from './batch-view.js';

/** A delivery as the owner of its batch sees it. @param url where its batch tells of itself */
export const deliveryView = (record: DeliveryRecord, url: string): Delivery => ({
  id: record.id,
  event: record.event,
  url: shownUrl(url),
  state: record.state,
  created_at: isoTime(record.createdAtMs),
  next_try_at: isoTimeOrNull(record.nextTryAtMs),
  attempts: record.attempts.map(({ atMs, status, error, tookMs }) => ({
    at: isoTime(atMs),
    status,
    error,
    took_ms: tookMs,
  })),
});
