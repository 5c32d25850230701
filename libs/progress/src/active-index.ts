import type { Lane } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import leaveLua from './scripts/leave-index.lua';

const leaveScript = defineScript('leave_index', leaveLua, 'none');

/**
 * Enters a run into the index of what the reconciler looks after. The indexes lie on other cluster slots than the
 * batch, so no script changes both: each run has a score of its own, and who takes a batch out names the score that
 * it read before it looked at the batch.
 */
export async function enterActive(
  redis: Redis,
  batchId: string,
  createdAtMs: number,
  run: number,
): Promise<void> {
  await redis.zadd(keys.active(), 'GT', createdAtMs + run - 1, batchId);
}

/** @param score as read before the batch was found ended; null when it was in no index */
export async function leaveActive(redis: Redis, batchId: string, score: string | null): Promise<void> {
  if (score !== null) await runScript(redis, leaveScript, [keys.active()], [batchId, score]);
}

/** @returns false when it was there already; its place, by the time of its acceptance, stays */
export async function enterLane(redis: Redis, lane: Lane, batchId: string): Promise<boolean> {
  const createdAt = await redis.hget(keys.batch(batchId), 'created_at');
  return (await redis.zadd(keys.lane(lane), 'NX', createdAt ?? 0, batchId)) === 1;
}
