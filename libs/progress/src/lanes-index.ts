import { laneSchema, type Lane } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { enterLane, leaveActive } from './active-index.js';
import { keys, nudgeChannel } from './keys.js';

/** What the dispatcher of a lane needs to know of one batch. */
export interface LaneBatch {
  id: string;
  tenant: string;
  lane: Lane;
  provider: string;
  state: string;
  cursor: number;
  total: number;
  /** files that have their terminal state */
  settled: number;
  /** files in the redo list: they go before those after the cursor */
  redo: number;
  /** nothing of it is to be published now */
  held: boolean;
  /** the trace of the request that brought it */
  traceparent?: string;
}

/** A file of the redo list; its message carries `gen`, so that older ones are stale. */
export interface RedoFile {
  idx: number;
  gen: number;
  /** where it stands in the list; grows when it is put there again */
  place: number;
}

export type NudgeListener = (lane: Lane, batchId?: string) => void;

/** Whether a dispatcher has something to publish of a batch, now or when it is not held any more. */
export const needsFanOut = ({ state, cursor, total, redo }: LaneBatch): boolean =>
  state === 'running' && (cursor < total || redo > 0);

const laneFields = [
  ...(['tenant', 'lane', 'provider', 'state', 'cursor', 'total', 'hold', 'traceparent'] as const),
  ...(['nS', 'nF', 'nX'] as const),
];

/** The fan-out's view: which batches of a lane still have files to publish. */
export class LanesIndex {
  constructor(private readonly redis: Redis) {}

  /** Batches of a lane that are not fanned out, oldest first. Entries whose batch is gone, or in another lane now, leave. */
  async batches(lane: Lane): Promise<LaneBatch[]> {
    const ids = await this.redis.zrange(keys.lane(lane), '0', '-1');
    const found = await Promise.all(ids.map((id) => this.batch(id)));
    const strays = ids.filter((_, at) => found[at]?.lane !== lane);
    for (const id of strays) await this.leave(lane, id);
    return found.flatMap((batch) => (batch?.lane === lane ? [batch] : []));
  }

  /** Takes a batch out that has nothing to publish there; one that got something meanwhile stays or comes back. */
  async leave(lane: Lane, batchId: string): Promise<void> {
    await this.redis.zrem(keys.lane(lane), batchId);
    await this.ensure(batchId);
  }

  /**
   * Puts a batch with files to publish into its lane, which may be another one by now. For the reconciler: a crash
   * between a change of the batch and that of the index leaves it out. @returns true when it was missing
   */
  async ensure(batchId: string): Promise<boolean> {
    const batch = await this.batch(batchId);
    if (batch === null || !needsFanOut(batch)) return false;
    return enterLane(this.redis, batch.lane, batchId);
  }

  /** The first files of the redo list: publish them, then tell `settlements.redone`. A crash in between repeats them. */
  async redo(batchId: string, most: number): Promise<RedoFile[]> {
    const flat = await this.redis.zrange(keys.redo(batchId), '0', String(most - 1), 'WITHSCORES');
    const places = pairs(flat);
    const gens = await Promise.all(places.map(([idx]) => this.redis.hget(keys.attempt(batchId, idx), 'gen')));
    return places.map(([idx, place], at) => ({ idx, place, gen: Number(gens[at] ?? 0) }));
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

  /** Forgets a batch that has ended, or is gone, and whose completions are relayed; any other stays. */
  async dropActive(batchId: string): Promise<void> {
    const score = await this.redis.zscore(keys.active(), batchId);
    const [state, asked] = await this.redis.hmget(keys.batch(batchId), 'state', 'retry_asked');
    if (state === 'staging' || state === 'running' || state === 'cancelling' || asked) return;
    if ((await this.redis.hlen(keys.outbox(batchId))) === 0) await leaveActive(this.redis, batchId, score);
  }

  /** Tells the other processes that a lane has new work or room. @param batchId the one that is new, if it is one */
  async nudge(lane: Lane, batchId?: string): Promise<void> {
    await this.redis.publish(nudgeChannel, batchId === undefined ? lane : `${lane} ${batchId}`);
  }

  /** @param subscriber a connection of its own: a subscribed one can do nothing else */
  async onNudge(subscriber: Redis, listener: NudgeListener): Promise<void> {
    subscriber.on('message', (_channel: string, said: string) => {
      const [lane, batchId] = said.split(' ');
      const known = laneSchema.safeParse(lane);
      if (known.success) listener(known.data, batchId);
    });
    await subscriber.subscribe(nudgeChannel);
  }

  /** @returns null when there is no such batch */
  async batch(id: string): Promise<LaneBatch | null> {
    const [[tenant, lane, provider, state, cursor, total, hold, trace, s, f, x], redo] = await Promise.all([
      this.redis.hmget(keys.batch(id), ...laneFields),
      this.redis.zcard(keys.redo(id)),
    ]);
    if (tenant === null || tenant === undefined || !state) return null;
    return {
      id,
      tenant,
      lane: laneSchema.parse(lane),
      provider: provider ?? '',
      state,
      cursor: z.coerce.number().parse(cursor ?? 0),
      total: z.coerce.number().parse(total),
      settled: Number(s ?? 0) + Number(f ?? 0) + Number(x ?? 0),
      redo,
      held: typeof hold === 'string',
      ...(typeof trace === 'string' ? { traceparent: trace } : {}),
    };
  }
}

const pairs = (flat: readonly string[]): [idx: number, place: number][] =>
  flat.flatMap((idx, at): [number, number][] => (at % 2 === 0 ? [[Number(idx), Number(flat[at + 1])]] : []));
