import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Batch ids: `bat_` and 128 random bits in hex; safe in a path, a URL, a Redis key and a message id. */
export const batchIdSchema = z.string().regex(/^bat_[0-9a-f]{32}$/, 'a batch id is bat_ and 32 hex digits');
export const newBatchId = (): string => `bat_${randomBytes(16).toString('hex')}`;

/**
 * The id of one request for one file. Deterministic, so a repeat after a crash is recognised as one. `copy` counts
 * republications of the same request: each is a message of its own, and the first to come is the one that counts.
 */
export const generateMessageId = (batchId: string, idx: number, gen: number, copy = 0): string =>
  `f:${batchId}:${idx}:${gen}${copy === 0 ? '' : `:${copy}`}`;

/**
 * Intent ids name their file, so that whoever is called back with one finds it without an index; the random end makes
 * every decision to pay one of its own.
 */
export const intentIdSchema = z
  .string()
  .regex(/^int_[0-9a-f]{32}_(0|[1-9]\d{0,6})_[0-9a-f]{16}$/, 'not an intent id');
export const newIntentId = (batchId: string, idx: number): string =>
  `int_${batchId.slice('bat_'.length)}_${idx}_${randomBytes(8).toString('hex')}`;

/** @returns the file an intent belongs to; null for anything that is not an intent id */
export function fileOfIntent(intent: string): { batchId: string; idx: number } | null {
  if (!intentIdSchema.safeParse(intent).success) return null;
  const [, batch = '', idx = ''] = intent.split('_');
  return { batchId: `bat_${batch}`, idx: Number(idx) };
}
