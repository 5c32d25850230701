import { laneSchema, type Lane } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys, nudgeChannel } from './keys.js';

/** What the dispatcher of a lane needs to know of one batch. */
export interface LaneBatch {
  id: string;
  tenant: string;
  state: string;
  cursor: number;
  total: number;
}

/** The fan-out's view: which batches of a lane still have files to publish. */
export class LanesIndex {
  constructor(private readonly redis: Redis) {}

  /** Batches of a lane that are not fanned out, oldest first. Entries whose batch is gone are removed. */
  async batches(lane: Lane): Promise<LaneBatch[]> {
    const ids = await this.redis.zrange(keys.lane(lane), '0', '-1');
    const found = await Promise.all(ids.map((id) => this.laneBatch(id)));
    const gone = ids.filter((_, at) => found[at] === null);
    if (gone.length > 0) await this.redis.zrem(keys.lane(lane), ...gone);
    return found.filter((batch) => batch !== null);
  }

  async leave(lane: Lane, batchId: string): Promise<void> {
    await this.redis.zrem(keys.lane(lane), batchId);
  }

  /** The files in [from, to) that still are pending. */
  async pending(batchId: string, from: number, to: number): Promise<number[]> {
    const bytes = await this.redis.getrange(keys.states(batchId), from, to - 1);
    return Array.from(bytes).flatMap((byte, at) => (byte === 'P' ? [from + at] : []));
  }

  /** Batches whose completion is not relayed yet. */
  async active(): Promise<string[]> {
    return this.redis.zrange(keys.active(), '0', '-1');
  }

  async dropActive(batchId: string): Promise<void> {
    await this.redis.zrem(keys.active(), batchId);
  }

  /** Tells the dispatchers of other processes that a lane has new work or room. */
  async nudge(lane: Lane): Promise<void> {
    await this.redis.publish(nudgeChannel, lane);
  }

  /** @param subscriber a connection of its own: a subscribed one can do nothing else */
  async onNudge(subscriber: Redis, listener: (lane: Lane) => void): Promise<void> {
    subscriber.on('message', (_channel: string, lane: string) => {
      const known = laneSchema.safeParse(lane);
      if (known.success) listener(known.data);
    });
    await subscriber.subscribe(nudgeChannel);
  }

  private async laneBatch(id: string): Promise<LaneBatch | null> {
    const [tenant, state, cursor, total] = await this.redis.hmget(
      keys.batch(id),
      'tenant',
      'state',
      'cursor',
      'total',
    );
    if (tenant === null || tenant === undefined || !state) return null;
    return {
      id,
      tenant,
      state,
      cursor: z.coerce.number().parse(cursor ?? 0),
      total: z.coerce.number().parse(total),
    };
  }
}
