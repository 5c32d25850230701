import type { FailureKind, Lane } from '@image2model/contracts';
import type { BatchWebhook } from './delivery-types.js';
import type { WorkerReport } from './worker-report.js';

/** staging → running → (cancelling →) one terminal state; no other edge. */
export type BatchState =
  'staging' | 'running' | 'cancelling' | 'completed' | 'partial' | 'failed' | 'cancelled';
export type FileState = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';

/** What the gateway knows of one source image; text only, never a path. */
export interface SourceRecord {
  name: string;
  bytes: number;
  /** media type, for example image/png */
  type: string;
  width: number;
  height: number;
  /** of an image by URL, without its query; `bytes` is 0 until it is fetched */
  url?: string | undefined;
  /** what the caller sent along, given back as it was */
  metadata?: Record<string, unknown> | undefined;
}

export interface FileError {
  code: string;
  message: string;
  retryable: boolean;
}

/** A delivered model. `key` is its place in storage. */
export interface ModelResult {
  key: string;
  bytes: number;
  sha256: string;
  faces: number;
  vertices: number;
}

export interface NewBatch {
  id: string;
  tenant: string;
  name: string | null;
  lane: Lane;
  provider: string;
  /** settings as accepted, defaults filled in */
  settings: Record<string, unknown>;
  total: number;
  retentionHours: number;
  createdAtMs: number;
  /** false: files may be appended until the batch is sealed (default true) */
  sealed?: boolean;
  /** where it tells of itself; null or absent: nowhere */
  webhook?: BatchWebhook | null;
  /** most that may be spent on it, in millionths of a dollar; null or absent: no limit of its own */
  budgetMicro?: number | null;
  /** what its files were expected to cost when they were taken, in millionths of a dollar (default 0) */
  estimatedMicro?: number;
  /** the trace of the request that brought it: its files are dispatched later, and belong to it */
  traceparent?: string | undefined;
}

/** One file as it is staged: its source, and its error when the gateway already refused it. */
export interface StagedFile {
  source: SourceRecord | null;
  error?: FileError;
}

export interface FileCounts {
  pending: number;
  running: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** Why a live batch is held; the weightiest reason when there are several. */
export interface Hold {
  reason: HoldReason;
  detail: string;
  sinceMs: number;
  /** when the reconciler lifts it; without it somebody has to */
  untilMs?: number;
}
export type HoldReason = 'user' | 'budget' | 'provider';

export interface BatchRecord extends NewBatch {
  state: BatchState;
  /** counted from 1; grows with every retry */
  run: number;
  /** true while a retry was asked for or still chooses its files: somebody must resume it */
  retrying?: boolean;
  /** there only while the batch is held */
  hold?: Hold;
  budgetMicro: number | null;
  estimatedMicro: number;
  /** what generations cost so far, and what is set aside for submits under way; in millionths of a dollar */
  spentMicro: number;
  reservedMicro: number;
  /** files before this one have been given to the workers */
  cursor: number;
  counts: FileCounts;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

export interface FileRecord {
  idx: number;
  state: FileState;
  source: SourceRecord | null;
  attempts: number;
  /** 0–100 */
  percent: number;
  stage: string | null;
  waitingFor: { code: string; detail: string } | null;
  model: ModelResult | null;
  error: FileError | null;
  /** the provider's name of its generation; null before there is one */
  requestId: string | null;
  endpoint: string | null;
  costMicro: number;
  startedAtMs: number | null;
  completedAtMs: number | null;
}

/** A stored fact of a batch, in the words of the HTTP contract; `id` is its stream id, the same for all readers. */
export interface Fact {
  id: string;
  event: 'file.started' | 'file.completed' | 'file.failed' | 'file.cancelled' | 'batch.completed';
  /** ready to be sent: idx for file facts; status, run and counts for batch.completed */
  data: Record<string, unknown>;
}

export interface FileProgress {
  idx: number;
  percent: number;
  stage: string;
}

/** The conclusion of one attempt, written by the worker under its fencing token. */
export type Conclusion =
  | { outcome: 'completed'; model: ModelResult | null }
  | { outcome: 'failed'; error: FileError & { kind: FailureKind } }
  | { outcome: 'cancelled' };

/** What a live process says of itself. */
export interface Heartbeat {
  service: string;
  instance: string;
  pid: number;
  startedAtMs: number;
  /** worker slots; 0 for services that generate nothing */
  slots: number;
  active: number;
  version: string;
}
export interface HeartbeatRecord extends Heartbeat {
  seenAtMs: number;
  /** what it is at, as of then */
  report: WorkerReport;
}
