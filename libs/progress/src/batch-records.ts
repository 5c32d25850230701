import { laneSchema } from '@image2model/contracts';
import { z } from 'zod';
import { parseWebhook } from './batch-webhook.js';
import type { BatchRecord, FileRecord, FileState, Hold, HoldReason } from './types.js';

/** The byte of each file state in the states string. */
export const stateBytes = {
  pending: 'P',
  running: 'R',
  completed: 'S',
  failed: 'F',
  cancelled: 'X',
} as const;
const statesByByte: Readonly<Record<string, FileState>> = {
  P: 'pending',
  R: 'running',
  S: 'completed',
  F: 'failed',
  X: 'cancelled',
};
export const fileStateOf = (byte: string | undefined): FileState | undefined => statesByByte[byte ?? ''];

const count = z.coerce.number().int().catch(0);
const timestamp = z.coerce.number().nullable().catch(null);
const batchHash = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string().optional(),
  lane: laneSchema,
  provider: z.string(),
  settings: z.string(),
  total: z.coerce.number().int(),
  retention_h: z.coerce.number(),
  created_at: z.coerce.number(),
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
  state: z.enum(['staging', 'running', 'cancelling', 'completed', 'partial', 'failed', 'cancelled']),
  run: z.coerce.number().int(),
  sealed: z.string(),
  budget: z.coerce.number().optional(),
  traceparent: z.string().optional(),
  est: count,
  wh_url: z.string().optional(),
  wh_events: z.string().optional(),
  spent: count,
  reserved: count,
  cursor: count,
  hold: z.string().optional(),
  retry_asked: z.string().optional(),
  retry_at: z.string().optional(),
  nR: count,
  nS: count,
  nF: count,
  nX: count,
});
const settingsSchema = z.record(z.string(), z.unknown());

/** A batch hash as Redis holds it; null when there is none. */
export function parseBatch(hash: Record<string, string>): BatchRecord | null {
  if (hash['id'] === undefined || hash['state'] === undefined) return null;
  const b = batchHash.parse(hash);
  return {
    id: b.id,
    tenant: b.tenant,
    name: b.name ?? null,
    lane: b.lane,
    provider: b.provider,
    settings: settingsSchema.parse(JSON.parse(b.settings)),
    total: b.total,
    retentionHours: b.retention_h,
    createdAtMs: b.created_at,
    state: b.state,
    run: b.run,
    sealed: b.sealed === '1',
    retrying: b.retry_asked !== undefined || b.retry_at !== undefined,
    ...parseHold(b.hold),
    ...parseWebhook(b.wh_url, b.wh_events),
    ...(b.traceparent === undefined ? {} : { traceparent: b.traceparent }),
    budgetMicro: b.budget ?? null,
    estimatedMicro: b.est,
    spentMicro: b.spent,
    reservedMicro: b.reserved,
    cursor: b.cursor,
    counts: {
      pending: Math.max(0, b.total - b.nR - b.nS - b.nF - b.nX),
      running: Math.max(0, b.nR),
      completed: b.nS,
      failed: b.nF,
      cancelled: b.nX,
    },
    startedAtMs: timestamp.parse(b.started_at ?? null),
    finishedAtMs: timestamp.parse(b.finished_at ?? null),
  };
}

const holdReasons: readonly HoldReason[] = ['user', 'budget', 'provider'];
const holdSchema = z.record(
  z.string(),
  z.object({ detail: z.string(), since: z.number(), until: z.number().optional() }),
);

function parseHold(text: string | undefined): { hold?: Hold } {
  if (text === undefined) return {};
  const held = holdSchema.parse(JSON.parse(text));
  const reason = holdReasons.find((known) => held[known] !== undefined);
  const why = reason === undefined ? undefined : held[reason];
  if (reason === undefined || why === undefined) return {};
  const { detail, since: sinceMs, until: untilMs } = why;
  return { hold: { reason, detail, sinceMs, ...(untilMs === undefined ? {} : { untilMs }) } };
}

export const sourceSchema = z.object({
  name: z.string(),
  bytes: z.number(),
  type: z.string(),
  width: z.number(),
  height: z.number(),
  url: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export const modelSchema = z.object({
  key: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  faces: z.number(),
  vertices: z.number(),
});
export const errorSchema = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });
const waitSchema = z.object({ code: z.string(), detail: z.string() });

/** The fields of an attempt hash that a file's record needs, in the order of {@link parseFile}'s `attempt`. */
export const attemptFields = ['attempts', 'res', 'wait', 'started_at', 'ended_at', 'req', 'cost'] as const;

const generationSchema = z.object({ endpoint: z.string(), requestId: z.string() });

const json = <T>(schema: z.ZodType<T>, text: string | null | undefined): T | null =>
  text === null || text === undefined || text === '' ? null : schema.parse(JSON.parse(text));

/** One file, put together from the four places where its parts live. */
export function parseFile(parts: {
  idx: number;
  byte: string | undefined;
  source: string | null | undefined;
  attempt: (string | null)[];
  progress: string | null | undefined;
}): FileRecord {
  const [attempts, result, wait, started, ended, request, cost] = parts.attempt;
  const generation = json(generationSchema, request);
  const state = fileStateOf(parts.byte) ?? 'pending';
  const [percent, stage] = (parts.progress ?? '').split(':');
  const settled = state !== 'pending' && state !== 'running';
  return {
    idx: parts.idx,
    state,
    source: json(sourceSchema, parts.source),
    attempts: Number(attempts ?? 0),
    percent: settled ? 100 : Number(percent ?? 0),
    stage: state === 'running' ? (stage ?? null) : null,
    waitingFor: settled ? null : json(waitSchema, wait),
    model: state === 'completed' ? json(modelSchema, result) : null,
    error: state === 'failed' ? json(errorSchema, result) : null,
    requestId: generation?.requestId ?? null,
    endpoint: generation?.endpoint ?? null,
    costMicro: Number(cost ?? 0),
    startedAtMs: started === null || started === undefined ? null : Number(started),
    completedAtMs: settled && ended !== null && ended !== undefined ? Number(ended) : null,
  };
}
