import type { Redis } from 'ioredis';
import { Governor } from './governor.js';
import type { GovernorState } from './governor-types.js';
import { keys } from './keys.js';

/** A governor that no process named for so long is of a key that is not used any more. */
const governorLifeMs = 5 * 60_000;
/** How many batches are looked at for one answer: it is a sign, not an audit. */
const mostLookedAt = 50;
const endedStates = new Set(['completed', 'partial', 'failed', 'cancelled']);

/** What a health check asks of Redis about the work itself; each answer costs a bounded number of commands. */
export class VitalSigns {
  constructor(private readonly redis: Redis) {}

  /** Ended batches whose completion nobody announced, among the 50 oldest active ones: how many, and since when. */
  async unannounced(olderThanMs: number): Promise<{ count: number; sinceMs: number | null }> {
    const ids = await this.redis.zrange(keys.active(), '0', String(mostLookedAt - 1));
    const rows = await Promise.all(ids.map((id) => this.redis.hmget(keys.batch(id), 'state', 'finished_at')));
    const ended = rows
      .filter(([state]) => endedStates.has(state ?? ''))
      .map(([, finishedAt]) => Number(finishedAt ?? 0))
      .filter((finishedAtMs) => finishedAtMs > 0 && finishedAtMs < olderThanMs);
    return { count: ended.length, sinceMs: ended.length === 0 ? null : Math.min(...ended) };
  }

  /** Says that a process of this installation uses the governor. */
  async nameGovernor(name: string, nowMs: number): Promise<void> {
    await this.redis.zadd(keys.governors(), nowMs, name);
    await this.redis.zremrangebyscore(keys.governors(), '-inf', nowMs - governorLifeMs);
  }

  /** The governors that are in use, by name. */
  async governors(nowMs: number): Promise<ReadonlyMap<string, GovernorState>> {
    const names = await this.redis.zrangebyscore(keys.governors(), nowMs - governorLifeMs, '+inf');
    // the limits here only stand in for those that its first user declared
    const states = names.map(async (name): Promise<[string, GovernorState]> => [
      name,
      await new Governor(this.redis, name, { start: 1, most: 1 }).state(),
    ]);
    return new Map(await Promise.all(states));
  }
}
