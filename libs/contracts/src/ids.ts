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
