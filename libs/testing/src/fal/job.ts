import type { FaultAt } from './faults.js';

export type JobState = 'queued' | 'running' | 'completed' | 'cancelled';

/** One accepted submit. Times are milliseconds since the epoch. */
export interface Job {
  readonly requestId: string;
  readonly endpoint: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly imageUrl: string;
  readonly imageSha256: string | null;
  readonly key: string;
  readonly webhookUrl: string | null;
  /** Of the submit, counted from 1 over all submits, refused ones too. */
  readonly ordinal: number;
  readonly fault: FaultAt<'job'> | null;
  readonly modelFault: FaultAt<'model'> | null;
  /** Of a model that is too large. */
  readonly modelBytes: number;
  readonly acceptedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  state: JobState;
  billed: boolean;
  /** Cancel was asked for, whatever came of it. */
  cancelled: boolean;
  webhooksSent: number;
}

/** A row of `GET /ledger`. Times are milliseconds since the epoch. */
export interface LedgerRow {
  request_id: string;
  endpoint: string;
  image_url: string;
  /** Of the uploaded bytes; null for an image from elsewhere. */
  image_sha256: string | null;
  key: string;
  webhook_url: string | null;
  ordinal: number;
  accepted_at: number;
  started_at: number | null;
  finished_at: number | null;
  state: JobState;
  /** Its money is, or will be, spent: true from acceptance on unless the job is known to end unbilled. */
  billed: boolean;
  cancelled: boolean;
  fault: string | null;
  webhooks_sent: number;
}

export const ledgerRow = (job: Job): LedgerRow => ({
  request_id: job.requestId,
  endpoint: job.endpoint,
  image_url: job.imageUrl,
  image_sha256: job.imageSha256,
  key: job.key,
  webhook_url: job.webhookUrl,
  ordinal: job.ordinal,
  accepted_at: job.acceptedAt,
  started_at: job.startedAt,
  finished_at: job.finishedAt,
  state: job.state,
  billed: job.billed,
  cancelled: job.cancelled,
  fault: job.fault ?? job.modelFault,
  webhooks_sent: job.webhooksSent,
});
