import { createRedisDatabase, type RedisDatabase } from '@image2model/testing';
import { Redis } from 'ioredis';
import {
  connectProgress,
  type ClaimReply,
  type Conclusion,
  type FactFeed,
  type NewBatch,
  type Progress,
} from '../../src/index.js';

const silent = { warn: () => undefined, error: () => undefined };
let database: RedisDatabase;
/** The store under test; there from beforeAll on. Each spec file has a Redis database of its own. */
export let progress: Progress;
/** Redis itself, to look and to break things. */
export let raw: Redis;
let n = 0;
const feeds: FactFeed[] = [];
/** Closed after the last test. */
export const openFeed = (): FactFeed => {
  const feed = progress.factFeed();
  feeds.push(feed);
  return feed;
};

beforeAll(async () => {
  database = await createRedisDatabase();
  progress = await connectProgress({ url: database.url, logger: silent });
  raw = new Redis(database.url);
});
afterAll(async () => {
  await Promise.all(feeds.map((feed) => feed.close()));
  await progress.close();
  await raw.quit();
  await database.close();
});

export function newBatch(total: number, more: Partial<NewBatch> = {}): NewBatch {
  return {
    id: `bat_${String((n += 1)).padStart(32, '0')}`,
    tenant: 't',
    name: null,
    lane: 'normal',
    provider: 'noop',
    settings: {},
    total,
    retentionHours: 1,
    createdAtMs: Date.now(),
    ...more,
  };
}

/** A running batch of pending files. */
export async function batchOf(total: number, lane: 'high' | 'normal' | 'low' = 'normal'): Promise<string> {
  const batch = newBatch(total, { lane });
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  return batch.id;
}
export const claim = (
  id: string,
  idx: number,
  more: { messageId?: string; gen?: number; redelivered?: boolean; worker?: string } = {},
): Promise<ClaimReply> =>
  progress.attempts.claim(id, {
    idx,
    messageId: `f:${id}:${idx}:0`,
    gen: 0,
    redelivered: false,
    worker: 'w',
    ...more,
  });
/** @returns the token */
export async function claimed(id: string, idx: number, more = {}): Promise<string> {
  const reply = await claim(id, idx, more);
  if (reply.status !== 'ok') throw new Error(`claim answered ${reply.status}`);
  return reply.token;
}
export const done: Conclusion = { outcome: 'completed', model: null };
export const bad: Conclusion = {
  outcome: 'failed',
  error: { kind: 'input', code: 'input.truncated', message: 'cut short', retryable: false },
};
