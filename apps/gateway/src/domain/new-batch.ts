import { microUsd, type StoredFile, type StoredManifest } from '@image2model/contracts';
import type { BatchRecord, BatchWebhook, NewBatch, StagedFile } from '@image2model/progress';
import { isoTime } from './batch-view.js';
import type { BatchRequest } from './batch-request.js';
import { pricePerFile } from './price-per-file.js';
import { originOf } from './url-file.js';

/** A batch on its way in: what was asked for, and its files (none for provider noop without images). */
export interface IncomingBatch {
  id: string;
  tenant: string;
  request: BatchRequest;
  total: number;
  files: readonly StoredFile[];
  createdAtMs: number;
}

export function newBatch(batch: IncomingBatch): NewBatch & MoneyOfBatch {
  const { id, tenant, request, total, createdAtMs } = batch;
  const { name = null, priority: lane, provider, settings, retention_hours: retentionHours } = request;
  const head = { id, tenant, name, lane, provider, settings: { ...settings }, total, retentionHours };
  return { ...head, createdAtMs, webhook: webhookOf(request), ...moneyOf(batch) };
}

/** Told of the end of the batch unless it asked for something else. */
function webhookOf({ webhook_url: url, webhook_events: events }: BatchRequest): BatchWebhook | null {
  if (url === undefined || url === null) return null;
  return { url, events: [...new Set(events ?? ['batch.completed' as const])] };
}

interface MoneyOfBatch {
  budgetMicro: number | null;
  estimatedMicro: number;
}

/** Refused files cost nothing; the others are expected to cost their price once. */
function moneyOf({ request, total, files }: IncomingBatch): MoneyOfBatch {
  const good = total - refusedOf(files);
  const { budget_usd: budget } = request;
  return {
    budgetMicro: budget === undefined || budget === null ? null : microUsd(budget),
    estimatedMicro: good * pricePerFile(request),
  };
}

/** How many files were refused at the door. */
export const refusedOf = (files: readonly StoredFile[]): number =>
  files.filter(({ error }) => error !== null).length;

export function stagedFile(file: StoredFile): StagedFile {
  const { name, bytes, type, width, height, error } = file;
  const source = { name, bytes, type, width, height, ...originOf(file) };
  return { source, ...(error === null ? {} : { error }) };
}

/** What is written to storage before anything else happens to the batch. */
export function storedManifest(batch: IncomingBatch): StoredManifest {
  const { id, tenant, request, total, files, createdAtMs } = batch;
  const { name = null, priority, provider, settings, retention_hours } = request;
  const { budgetMicro, estimatedMicro } = moneyOf(batch);
  const webhook = webhookOf(request);
  const head = {
    version: 1 as const,
    id,
    tenant,
    name,
    lane: priority,
    provider,
    settings,
    total,
    retention_hours,
    budget_micro: budgetMicro,
    estimated_micro: estimatedMicro,
    ...(webhook === null ? {} : { webhook_url: webhook.url, webhook_events: [...webhook.events] }),
  };
  return { ...head, created_at: isoTime(createdAtMs), files: [...files] };
}

/** The batch as it is at the moment of its acceptance. */
export function acceptedRecord(batch: IncomingBatch): BatchRecord {
  const failed = refusedOf(batch.files);
  return {
    ...newBatch(batch),
    state: 'running',
    run: 1,
    spentMicro: 0,
    reservedMicro: 0,
    cursor: 0,
    counts: { pending: batch.total - failed, running: 0, completed: 0, failed, cancelled: 0 },
    startedAtMs: null,
    finishedAtMs: null,
  };
}
