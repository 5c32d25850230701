import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Deletions, Tombstone } from './deletions.js';
import { dropExpiry, enterExpiry, leaveExpiry, type IndexEntry } from './expiry-index.js';
import { keys } from './keys.js';
import { serverTimeMs } from './server-time.js';

/** Batches that were chosen for clean-up, and what became of each. */
export interface Expired {
  deleted: Tombstone[];
  /** ended, but somebody still works on them: their completion is not announced, or a lease is held */
  busy: number;
}

/** After so long a batch that was busy is looked at again. */
const busyAgainMs = 60_000;
const marksSchema = z.object({
  keys: z.string().default('0'),
  folders: z.string().default(''),
  swept_at: z.coerce.number().default(0),
});

/** What an emergency clean-up has freed. */
export interface EmergencyTally {
  batches: number;
  files: number;
  bytes: number;
  /** how full the disk was before it, % */
  usedPercent: number;
}
const tallyFields = ['tally_batches', 'tally_files', 'tally_bytes', 'tally_percent'] as const;
const tallySchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .transform(([batches, files, bytes, usedPercent]) => ({ batches, files, bytes, usedPercent }));

/** How far the slow walks came, so that the next run, of whatever process, goes on there. */
export interface SweepMarks {
  /** cursor of the walk through Redis; '0' at its start and its end */
  keys: string;
  /** the last folder in storage that was looked at; '' at the start and the end */
  folders: string;
  /** when both had last come to their end, ms */
  sweptAtMs: number;
}

/** Ended batches by when they may go; the maintenance worker's side of Redis. */
export class Expiry {
  constructor(
    private readonly redis: Redis,
    private readonly deletions: Deletions,
  ) {}

  /** Batches whose retention is over, the longest first. */
  async due(most: number): Promise<IndexEntry[]> {
    const now = await serverTimeMs(this.redis);
    return entriesOf(
      await this.redis.zrangebyscore(keys.expiry(), '-inf', now, 'WITHSCORES', 'LIMIT', 0, most),
    );
  }

  /** Ended batches whatever their retention, those that ended first in front. @param skip how many of them to leave out */
  async oldest(skip: number, most: number): Promise<IndexEntry[]> {
    return entriesOf(
      await this.redis.zrangebyscore(keys.ended(), '-inf', '+inf', 'WITHSCORES', 'LIMIT', skip, most),
    );
  }

  /** Deletes those whose retention is over. What does not go leaves the index or gets its right place there. */
  async deleteDue(entries: readonly IndexEntry[]): Promise<Expired> {
    return this.delete('expiry', entries);
  }

  /** Deletes ended batches before their time. */
  async deleteEnded(entries: readonly IndexEntry[]): Promise<Expired> {
    return this.delete('ended', entries);
  }

  async marks(): Promise<SweepMarks> {
    const { swept_at, ...rest } = marksSchema.parse(await this.redis.hgetall(keys.cleanUp()));
    return { ...rest, sweptAtMs: swept_at };
  }

  async mark({ keys: cursor, folders, sweptAtMs }: SweepMarks): Promise<void> {
    await this.redis.hset(keys.cleanUp(), { keys: cursor, folders, swept_at: sweptAtMs });
  }

  /** Adds what one slice of an emergency clean-up freed. @returns what all its slices did, and how full the disk was before the first */
  async tally({ batches, files, bytes, usedPercent }: EmergencyTally): Promise<EmergencyTally> {
    const replies = await this.redis
      .multi()
      .hsetnx(keys.cleanUp(), 'tally_percent', usedPercent)
      .hincrby(keys.cleanUp(), 'tally_batches', batches)
      .hincrby(keys.cleanUp(), 'tally_files', files)
      .hincrby(keys.cleanUp(), 'tally_bytes', bytes)
      .hget(keys.cleanUp(), 'tally_percent')
      .exec();
    const [, ...counts] = (replies ?? []).map(([, value]) => Number(value));
    return tallySchema.parse(counts);
  }

  async endTally(): Promise<void> {
    await this.redis.hdel(keys.cleanUp(), ...tallyFields);
  }

  private async delete(index: 'expiry' | 'ended', entries: readonly IndexEntry[]): Promise<Expired> {
    if (entries.length === 0) return { deleted: [], busy: 0 };
    const replies = await this.deletions.deleteMany(
      entries.map(({ id }) => id),
      index === 'expiry',
    );
    const gone = replies.filter(({ status }) => status === 'missing' || status === 'deleted');
    await dropExpiry(
      this.redis,
      gone.map(({ id }) => id),
    );
    await Promise.all(
      replies.map(({ status, id }, at) => this.putRight(index, status, entries[at] ?? { id, score: '' })),
    );
    return {
      deleted: replies.flatMap(({ status, ...rest }) => (status === 'deleted' ? [rest.tombstone] : [])),
      busy: replies.filter(({ status }) => status === 'busy').length,
    };
  }

  private async putRight(index: 'expiry' | 'ended', status: string, entry: IndexEntry): Promise<void> {
    if (status === 'young') await enterExpiry(this.redis, entry.id);
    if (status === 'live') await leaveExpiry(this.redis, index, entry);
    if (status === 'busy' && index === 'expiry')
      await this.redis.zadd(keys.expiry(), 'XX', (await serverTimeMs(this.redis)) + busyAgainMs, entry.id);
  }
}

const entriesOf = (flat: readonly string[]): IndexEntry[] =>
  flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, score: flat[at + 1] ?? '' }] : []));
