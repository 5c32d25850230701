import { lanes, type Lane } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from './keys.js';

/** What waits in one lane. */
export interface LaneBacklog {
  pending: number;
  running: number;
  /** When the oldest of its batches with a pending file was accepted, Redis's clock; held batches do not count. */
  oldestWaitingAtMs: number | null;
}

/** All work that was accepted and has no end yet. */
export interface BacklogView {
  /** Batches that are running or being cancelled. */
  batches: number;
  byLane: Record<Lane, LaneBacklog>;
}

/** Batches read with one pipeline. */
const batchesPerRead = 500;
const fields = ['state', 'lane', 'created_at', 'total', 'hold', 'nR', 'nS', 'nF', 'nX'] as const;

const count = z.coerce.number().catch(0);
const row = z
  .tuple([
    z.enum(['running', 'cancelling']),
    z.enum(lanes),
    count,
    count,
    z.string().nullable(),
    count,
    count,
    count,
    count,
  ])
  .transform(([state, lane, createdAtMs, total, hold, running, completed, failed, cancelled]) => ({
    ...{ lane, createdAtMs, running: Math.max(0, running) },
    pending: Math.max(0, total - running - completed - failed - cancelled),
    waits: state === 'running' && hold === null,
  }));

/** Counts what is under way, by the counters of the batches in the active index: one small read a batch. */
export class Backlog {
  constructor(private readonly redis: Redis) {}

  async look(): Promise<BacklogView> {
    const ids = await this.redis.zrange(keys.active(), '0', '-1');
    const view: BacklogView = { batches: 0, byLane: emptyLanes() };
    for (let from = 0; from < ids.length; from += batchesPerRead) {
      const some = ids.slice(from, from + batchesPerRead);
      const found = await Promise.all(some.map((id) => this.redis.hmget(keys.batch(id), ...fields)));
      for (const values of found) add(view, values);
    }
    return view;
  }
}

const emptyLanes = (): Record<Lane, LaneBacklog> => ({
  high: { pending: 0, running: 0, oldestWaitingAtMs: null },
  normal: { pending: 0, running: 0, oldestWaitingAtMs: null },
  low: { pending: 0, running: 0, oldestWaitingAtMs: null },
});

function add(view: BacklogView, values: readonly (string | null)[]): void {
  const parsed = row.safeParse(values);
  // staged, ended, or gone since the index was read
  if (!parsed.success) return;
  const { lane, createdAtMs, pending, running, waits } = parsed.data;
  const of = view.byLane[lane];
  view.batches += 1;
  of.pending += pending;
  of.running += running;
  if (pending === 0 || !waits) return;
  of.oldestWaitingAtMs = Math.min(of.oldestWaitingAtMs ?? createdAtMs, createdAtMs);
}
