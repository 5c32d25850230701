import { z } from 'zod';

const count = z.int().nonnegative();

/** What decides how models look. Another set of these in the same folder would mix two kinds of models. */
export const wishesSchema = z.object({
  provider: z.string().optional(),
  endpoint: z.string().optional(),
  face_limit: z.number().optional(),
  texture: z.string().optional(),
});
export type Wishes = z.output<typeof wishesSchema>;

/** One POST of a batch: written down before it is sent, so that a lost answer is asked for again with the same key. */
const sendSchema = z.object({
  /** Its Idempotency-Key. */
  key: z.string(),
  made_at: z.string(),
  kind: z.enum(['file', 'url']),
  name: z.string(),
  priority: z.string().optional(),
  budget_usd: z.number().optional(),
  total: count,
  batch_id: z.string().nullable(),
  /** The run of the batch that is waited for. */
  run: z.int().positive(),
  /** That run has ended, and all that is to be known of it is here. */
  ended: z.boolean(),
  /** Why the gateway did not take it. */
  refused: z.string().nullable(),
});
export type Send = z.output<typeof sendSchema>;

export const entryStatuses = ['sent', 'completed', 'failed', 'cancelled'] as const;
const entrySchema = z.object({
  source: z.string(),
  kind: z.enum(['file', 'url']),
  name: z.string(),
  bytes: z.number().nullable(),
  mtime_ms: z.number().nullable(),
  sha256: z.string().nullable(),
  /** Path of the model below --out. */
  path: z.string(),
  send: z.string(),
  idx: count,
  status: z.enum(entryStatuses),
  model: z.object({ sha256: z.string(), bytes: count, faces: count }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  attempts: count,
  cost_usd: z.number(),
  /** The model is in place and its checksum was right. */
  saved: z.boolean(),
});
/** One photo that was sent. */
export type Entry = z.output<typeof entrySchema>;

export const stateSchema = z.object({
  version: z.literal(1),
  url: z.string(),
  wishes: wishesSchema,
  sends: z.array(sendSchema),
  files: z.array(entrySchema),
});
/** All that a second run of the same command must know. */
export type State = z.output<typeof stateSchema>;

export const newState = (url: string, wishes: Wishes): State => ({
  version: 1,
  url,
  wishes,
  sends: [],
  files: [],
});

export const newEntry = (
  given: Pick<Entry, 'source' | 'kind' | 'name' | 'bytes' | 'mtime_ms' | 'sha256' | 'path' | 'send' | 'idx'>,
): Entry => ({ ...given, status: 'sent', model: null, error: null, attempts: 0, cost_usd: 0, saved: false });
