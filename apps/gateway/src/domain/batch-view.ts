import type { Batch, BatchStatus } from '@image2model/contracts';
import { shownBatch, type BatchRecord, type BatchState, type FileProgress } from '@image2model/progress';
import { estimateEta } from './estimate-eta.js';
import { noProviderStates, type ProviderStates } from './provider-state.js';

export const batchPath = (id: string): string => `/v1/batches/${id}`;
export const isoTime = (ms: number): string => new Date(ms).toISOString();
export const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

const open: ReadonlySet<BatchState> = new Set(['staging', 'running', 'cancelling']);
export const isTerminal = ({ state }: Pick<BatchRecord, 'state'>): boolean => !open.has(state);

type Held = Pick<BatchRecord, 'state' | 'hold' | 'provider'>;

/** Why a live batch is held: by itself, or because nobody may use its provider now. */
export function holdOf({ state, hold, provider }: Held, providers: ProviderStates): Batch['hold'] {
  if (state !== 'running') return null;
  if (hold !== undefined) return { reason: hold.reason, detail: hold.detail, since: isoTime(hold.sinceMs) };
  const parked = providers.get(provider)?.parked ?? null;
  return parked === null
    ? null
    : { reason: 'provider', detail: `${parked.code}: ${parked.detail}`, since: isoTime(parked.sinceMs) };
}

/** A running batch is `queued` until its first file starts, and `paused` while it is held. */
export function statusOf(
  record: Held & Pick<BatchRecord, 'startedAtMs'>,
  providers: ProviderStates = noProviderStates,
): BatchStatus {
  const { state, startedAtMs } = record;
  if (state === 'staging') return 'queued';
  if (state !== 'running') return state;
  if (holdOf(record, providers) !== null) return 'paused';
  return startedAtMs === null ? 'queued' : 'processing';
}

export interface Advance {
  counts: Batch['counts'];
  status: BatchStatus;
  progress: number;
  eta_seconds: [number, number] | null;
  hold: Batch['hold'];
}

/** How far a batch is. @param running progress of its running files, where that was read */
export function advanceOf(
  record: BatchRecord,
  running: readonly FileProgress[],
  nowMs: number,
  providers: ProviderStates = noProviderStates,
): Advance {
  const share = running.reduce((sum, { percent }) => sum + percent / 100, 0);
  const hold = holdOf(record, providers);
  return {
    status: statusOf(record, providers),
    counts: { ...record.counts },
    progress: percentOf(record, share),
    eta_seconds: hold === null ? estimateEta(record, share, nowMs) : null,
    hold,
  };
}

/** 100 only when every file is settled. */
function percentOf({ counts, total }: BatchRecord, runningShare: number): number {
  const settled = counts.completed + counts.failed + counts.cancelled;
  if (settled >= total) return 100;
  const percent = (100 * (settled + Math.min(runningShare, counts.running))) / total;
  return Math.min(99.9, Math.floor(percent * 10) / 10);
}

/** The batch as callers see it. @param providers what is known of them, where that was read */
export function batchView(
  record: BatchRecord,
  running: readonly FileProgress[],
  nowMs: number,
  providers: ProviderStates = noProviderStates,
): Batch {
  return { ...shownBatch(record), ...advanceOf(record, running, nowMs, providers) };
}
