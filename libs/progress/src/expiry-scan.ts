import type { Redis } from 'ioredis';
import { enterActive } from './active-index.js';
import { enterExpiry } from './expiry-index.js';
import { keys } from './keys.js';
import { serverTimeMs } from './server-time.js';

/** Keys of one step: about half a millisecond of Redis's time. */
const keysPerStep = 500;
/** A key that nobody touched for so long belongs to nothing that is just being made. */
const strayAfterS = 900;
/** An acceptance that takes longer was broken off. */
const stagingLifeMs = 24 * 3_600_000;

const ofBatch = /^i2m:\{(bat_[^}]+)\}:(.+)$/;

export interface ScanStep {
  /** where the next step goes on; '0' when all keys were seen */
  cursor: string;
  seen: number;
  /** keys without a batch, dropped */
  dropped: number;
}

/**
 * The slow walk through all keys that makes a lost index entry, or a writer that came too late, cost time and nothing else: ended
 * batches and tombstones enter their indexes again, acceptances that broke off are shown to the reconciler, and what
 * belongs to no batch goes.
 */
export class ExpiryScan {
  constructor(private readonly redis: Redis) {}

  async step(cursor: string): Promise<ScanStep> {
    const [next, names] = await this.redis.scan(cursor, 'COUNT', keysPerStep);
    const found = new Map<string, string[]>();
    for (const name of names) {
      const id = ofBatch.exec(name)?.[1];
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), name]);
    }
    const counts = await Promise.all([...found].map(([id, of]) => this.look(id, of)));
    return { cursor: next, seen: names.length, dropped: counts.reduce((sum, count) => sum + count, 0) };
  }

  /** @returns keys dropped */
  private async look(id: string, names: readonly string[]): Promise<number> {
    if (names.includes(keys.tombstone(id))) await this.remember(id);
    // in this order: reading makes a key busy, and a deletion renames the batch to its tombstone
    const [idle, [state, createdAt], deleted] = await Promise.all([
      this.idleS(keys.batch(id)),
      this.redis.hmget(keys.batch(id), 'state', 'created_at'),
      this.redis.exists(keys.tombstone(id)),
    ]);
    if (state == null) return deleted === 1 || idle < strayAfterS ? 0 : this.dropIdle(id, names);
    if (!names.includes(keys.batch(id))) return 0;
    if (state === 'staging') await this.showStaged(id, Number(createdAt));
    else await this.enterLost(id);
    return 0;
  }

  /** An ended batch in no index of what the reconciler looks after is announced, and belongs into those of clean-up. */
  private async enterLost(id: string): Promise<void> {
    const [active, expiry, ended] = await Promise.all([
      this.redis.zscore(keys.active(), id),
      this.redis.zscore(keys.expiry(), id),
      this.redis.zscore(keys.ended(), id),
    ]);
    if (active === null && (expiry === null || ended === null)) await enterExpiry(this.redis, id);
  }

  private async showStaged(id: string, createdAtMs: number): Promise<void> {
    if ((await serverTimeMs(this.redis)) - createdAtMs > stagingLifeMs)
      await enterActive(this.redis, id, createdAtMs, 1);
  }

  /** A tombstone must be in the index of those who are looked after. */
  private async remember(id: string): Promise<void> {
    await this.redis.zadd(keys.deletions(), 'NX', await serverTimeMs(this.redis), id);
  }

  private async dropIdle(id: string, names: readonly string[]): Promise<number> {
    const idle = await Promise.all(
      names.map((name) => (name === keys.batch(id) ? strayAfterS : this.idleS(name))),
    );
    const strays = names.filter((_, at) => (idle[at] ?? 0) >= strayAfterS);
    return strays.length === 0 ? 0 : this.redis.unlink(...strays);
  }

  /** How long nobody touched a key; for ever when it is gone. */
  private async idleS(name: string): Promise<number> {
    const idle = await this.redis.object('IDLETIME', name);
    return idle === null ? Infinity : Number(idle);
  }
}
