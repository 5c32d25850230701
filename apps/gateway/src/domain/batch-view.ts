import { settingsSchema, type Batch, type BatchStatus } from '@image2model/contracts';
import type { BatchRecord, BatchState, FileProgress } from '@image2model/progress';
import { estimateEta } from './estimate-eta.js';

export const batchPath = (id: string): string => `/v1/batches/${id}`;
export const isoTime = (ms: number): string => new Date(ms).toISOString();
export const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

const open: ReadonlySet<BatchState> = new Set(['staging', 'running', 'cancelling']);
export const isTerminal = ({ state }: Pick<BatchRecord, 'state'>): boolean => !open.has(state);

/** A newer version may have stored keys that this one does not know. */
const settingsView = settingsSchema.strip();

/** A running batch is `queued` until its first file starts. */
export function statusOf({ state, startedAtMs }: Pick<BatchRecord, 'state' | 'startedAtMs'>): BatchStatus {
  if (state === 'staging') return 'queued';
  if (state === 'running') return startedAtMs === null ? 'queued' : 'processing';
  return state;
}

export interface Advance {
  counts: Batch['counts'];
  status: BatchStatus;
  progress: number;
  eta_seconds: [number, number] | null;
}

/** How far a batch is. @param running progress of its running files, where that was read */
export function advanceOf(record: BatchRecord, running: readonly FileProgress[], nowMs: number): Advance {
  const share = running.reduce((sum, { percent }) => sum + percent / 100, 0);
  return {
    status: statusOf(record),
    counts: { ...record.counts },
    progress: percentOf(record, share),
    eta_seconds: estimateEta(record, share, nowMs),
  };
}

/** 100 only when every file is settled. */
function percentOf({ counts, total }: BatchRecord, runningShare: number): number {
  const settled = counts.completed + counts.failed + counts.cancelled;
  if (settled >= total) return 100;
  const percent = (100 * (settled + Math.min(runningShare, counts.running))) / total;
  return Math.min(99.9, Math.floor(percent * 10) / 10);
}

/** The batch as callers see it. */
export function batchView(record: BatchRecord, running: readonly FileProgress[], nowMs: number): Batch {
  const self = batchPath(record.id);
  return {
    id: record.id,
    name: record.name,
    run: record.run,
    total_files: record.total,
    ...advanceOf(record, running, nowMs),
    settings: settingsView.parse(record.settings),
    priority: record.lane,
    provider: record.provider,
    retention_hours: record.retentionHours,
    created_at: isoTime(record.createdAtMs),
    started_at: isoTimeOrNull(record.startedAtMs),
    completed_at: isoTimeOrNull(record.finishedAtMs),
    cost: { estimated_usd: 0, actual_usd: 0, budget_usd: null },
    hold: null,
    webhook_url: null,
    links: {
      self,
      files: `${self}/files`,
      events: `${self}/events`,
      manifest: `${self}/manifest`,
      cancel: `${self}/cancel`,
    },
  };
}
