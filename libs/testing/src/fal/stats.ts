import type { Counts } from './request-counts.js';
import type { SlotUsage } from './usage-meter.js';
import type { WebhookCounts } from './webhooks.js';
import type { World } from './world.js';

/** The answer of `GET /stats`. */
export interface FalStats extends SlotUsage {
  accepted: number;
  finished: number;
  billed: number;
  /** Most accepted jobs for one image url. */
  accepted_per_image_max: number;
  submits: Counts;
  requests: Counts;
  webhooks: WebhookCounts;
}

export function statsOf({ queue, counts, webhooks }: World): FalStats {
  const perImage = new Map<string, number>();
  const totals = { accepted: 0, finished: 0, billed: 0 };
  for (const job of queue.all()) {
    totals.accepted += 1;
    if (job.finishedAt !== null) totals.finished += 1;
    if (job.billed) totals.billed += 1;
    perImage.set(job.imageUrl, (perImage.get(job.imageUrl) ?? 0) + 1);
  }
  return {
    ...totals,
    accepted_per_image_max: [...perImage.values()].reduce((most, count) => Math.max(most, count), 0),
    ...queue.usage(),
    ...counts.all(),
    webhooks: { ...webhooks.counts },
  };
}
