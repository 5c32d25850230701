import { lanes, type Lane } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { keys } from './keys.js';

/** A batch in an index of the whole installation; the place holds when the batch is gone. */
export interface IndexPlace {
  score: number;
  id: string;
}

/** Who has a file in his hands. */
export interface FileHolder {
  worker: string | null;
  /** takeovers of leases that were not given back */
  crashes: number;
}

/** What operators see across tenants and batches. Reads only. */
export class OpsViews {
  constructor(private readonly redis: Redis) {}

  /** Live batches, the first accepted first. @param after the place of the last one of the page before */
  async liveBatches(after: IndexPlace | null, count: number): Promise<IndexPlace[]> {
    const { redis } = this;
    return pageOf(after, count, 1, (offset) =>
      redis.zrangebyscore(
        keys.active(),
        after?.score ?? '-inf',
        '+inf',
        'WITHSCORES',
        'LIMIT',
        offset,
        count,
      ),
    );
  }

  /** Ended batches, the last ended first. */
  async endedBatches(after: IndexPlace | null, count: number): Promise<IndexPlace[]> {
    const { redis } = this;
    return pageOf(after, count, -1, (offset) =>
      redis.zrevrangebyscore(
        keys.ended(),
        after?.score ?? '+inf',
        '-inf',
        'WITHSCORES',
        'LIMIT',
        offset,
        count,
      ),
    );
  }

  /** Batches of each lane that are not handed out whole. */
  async laneBatches(): Promise<ReadonlyMap<Lane, number>> {
    const counts = await Promise.all(lanes.map((lane) => this.redis.zcard(keys.lane(lane))));
    return new Map(lanes.map((lane, at) => [lane, counts[at] ?? 0]));
  }

  /** In the order of `files`. */
  async holders(batchId: string, files: readonly number[]): Promise<FileHolder[]> {
    const rows = await Promise.all(
      files.map((idx) => this.redis.hmget(keys.attempt(batchId, idx), 'lease', 'worker', 'crashes')),
    );
    return rows.map(([lease, worker, crashes]) => ({
      worker: lease ? (worker ?? null) : null,
      crashes: Number(crashes ?? 0),
    }));
  }
}

/** The next places; those of `after`'s own score that come before it were seen. @param order 1 upwards, -1 downwards */
async function pageOf(
  after: IndexPlace | null,
  count: number,
  order: 1 | -1,
  read: (offset: number) => Promise<string[]>,
): Promise<IndexPlace[]> {
  const isNew = ({ id, score }: IndexPlace): boolean =>
    after === null || score !== after.score || (order === 1 ? id > after.id : id < after.id);
  const found: IndexPlace[] = [];
  for (let offset = 0; ; offset += count) {
    const flat = await read(offset);
    const page = flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, score: Number(flat[at + 1]) }] : []));
    found.push(...page.filter(isNew));
    if (found.length >= count || page.length < count) return found.slice(0, count);
  }
}
