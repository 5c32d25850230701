import { settingsSchema, usdOf, type Batch } from '@image2model/contracts';
import type { BatchRecord } from './types.js';

/** A newer version may have stored keys that this one does not know. */
const settingsView = settingsSchema.strip();

const isoTime = (ms: number): string => new Date(ms).toISOString();
const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

/** What callers see of a batch beside how far it is. */
export function shownBatch(
  record: BatchRecord,
): Omit<Batch, 'status' | 'counts' | 'progress' | 'eta_seconds' | 'hold'> {
  return {
    id: record.id,
    name: record.name,
    run: record.run,
    total_files: record.total,
    settings: settingsView.parse(record.settings),
    priority: record.lane,
    provider: record.provider,
    retention_hours: record.retentionHours,
    created_at: isoTime(record.createdAtMs),
    started_at: isoTimeOrNull(record.startedAtMs),
    completed_at: isoTimeOrNull(record.finishedAtMs),
    cost: costOf(record),
    webhook_url: record.webhook?.url ?? null,
    webhook_events: [...(record.webhook?.events ?? [])],
    links: linksOf(`/v1/batches/${record.id}`),
  };
}

const costOf = ({ estimatedMicro, spentMicro, budgetMicro }: BatchRecord): Batch['cost'] => ({
  estimated_usd: usdOf(estimatedMicro),
  actual_usd: usdOf(spentMicro),
  budget_usd: budgetMicro === null ? null : usdOf(budgetMicro),
});

const linksOf = (self: string): Batch['links'] => ({
  self,
  files: `${self}/files`,
  events: `${self}/events`,
  manifest: `${self}/manifest`,
  results: `${self}/results.zip`,
  audit: `${self}/audit`,
  deliveries: `${self}/deliveries`,
  cancel: `${self}/cancel`,
  pause: `${self}/pause`,
  resume: `${self}/resume`,
  retry: `${self}/retry`,
});
