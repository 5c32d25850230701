import type { Redis } from 'ioredis';
import { keys } from './keys.js';

/** Where a batch stands in its tenant's list; holds when the batch itself is deleted. Order: newest first, ids downwards. */
export interface ListPosition {
  createdAtMs: number;
  id: string;
}

/** The next `count` batches of a tenant below a position (null: from the newest on). */
export async function idsBelow(
  redis: Redis,
  tenant: string,
  below: ListPosition | null,
  count: number,
): Promise<ListPosition[]> {
  const newest = below === null ? '+inf' : below.createdAtMs;
  const found: ListPosition[] = [];
  for (let offset = 0; ; offset += count) {
    const flat = await redis.zrevrangebyscore(
      keys.tenantBatches(tenant),
      newest,
      '-inf',
      'WITHSCORES',
      'LIMIT',
      offset,
      count,
    );
    // batches of the position's own millisecond come first; those above it were seen
    found.push(...positions(flat).filter((one) => below === null || isBelow(one, below)));
    if (found.length >= count || flat.length < 2 * count) return found.slice(0, count);
  }
}

function positions(flat: readonly string[]): ListPosition[] {
  return flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, createdAtMs: Number(flat[at + 1]) }] : []));
}

const isBelow = (one: ListPosition, other: ListPosition): boolean =>
  one.createdAtMs < other.createdAtMs || (one.createdAtMs === other.createdAtMs && one.id < other.id);
