import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import leaveLua from './scripts/leave-index.lua';

const leaveScript = defineScript('leave_expiry', leaveLua, 'none');

const hourMs = 3_600_000;
const text = z.string().transform(Number).pipe(z.number());
/** What the hash of a batch says when its last run has ended. */
const endedSchema = z.tuple([
  z.enum(['completed', 'partial', 'failed', 'cancelled']),
  text,
  text,
  z.null({ error: 'a retry is asked for' }),
]);

/** One entry of an index of ended batches; the score is what it was found by. */
export interface IndexEntry {
  id: string;
  score: string;
}

/**
 * Enters a batch whose run has ended, and is announced, into the two indexes of ended batches, or corrects its place there; nothing for a
 * live one. They lie on other cluster slots than the batch: a lost entry is found again by the scan, a wrong one harms
 * nobody, for the script that deletes asks the batch itself.
 */
export async function enterExpiry(redis: Redis, id: string): Promise<void> {
  const found = await redis.hmget(keys.batch(id), 'state', 'finished_at', 'retention_h', 'retry_asked');
  const ended = endedSchema.safeParse(found);
  if (!ended.success) return;
  const [, finishedAtMs, retentionHours] = ended.data;
  await Promise.all([
    redis.zadd(keys.expiry(), finishedAtMs + retentionHours * hourMs, id),
    redis.zadd(keys.ended(), finishedAtMs, id),
  ]);
}

/** The batch lives again: it leaves the indexes, unless it ended anew meanwhile. */
export async function leaveExpiry(redis: Redis, index: 'expiry' | 'ended', entry: IndexEntry): Promise<void> {
  await runScript(redis, leaveScript, [keys[index]()], [entry.id, entry.score]);
}

/** The batch is gone for good. */
export async function dropExpiry(redis: Redis, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await Promise.all([redis.zrem(keys.expiry(), ...ids), redis.zrem(keys.ended(), ...ids)]);
}
