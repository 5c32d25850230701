import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { serveLines, settingsOf } from '../../processes/serve-lines.mjs';
import { queueNames } from './queue-names.mjs';

/** @type {{ redisUrl: string, concurrency: number }} */
const { redisUrl, concurrency } = settingsOf();
const redis = new Redis(redisUrl);
const connection = () => new Redis(redisUrl, { maxRetriesPerRequest: null });

/**
 * What this process saw of a batch: kept here and not in the jobs, which stay as small as they can be.
 * @typedef {{ firstMs: number, lastMs: number, done: number, completions: number, files: Set<number> }} Seen
 */
/** @type {Map<string, Seen>} */
const seen = new Map();

/** @param {string} batch @returns {Seen} */
function seenOf(batch) {
  const known = seen.get(batch);
  if (known !== undefined) return known;
  const fresh = { firstMs: Date.now(), lastMs: 0, done: 0, completions: 0, files: new Set() };
  seen.set(batch, fresh);
  return fresh;
}

/** Latest state for who asks, and a message for who listens: one round trip. @param {string} batch @param {number} idx @param {string} status */
const tell = (batch, idx, status) =>
  redis
    .pipeline()
    .hset(`progress:${batch}`, idx, status)
    .publish(`progress:${batch}`, `{"idx":${idx},"status":"${status}"}`)
    .exec();

const files = new Worker(
  queueNames.files,
  async ({ data: { batch, idx } }) => {
    const of = seenOf(batch);
    await tell(batch, idx, 'running');
    await tell(batch, idx, 'completed');
    of.done += 1;
    of.files.add(idx);
    of.lastMs = Date.now();
  },
  { connection: connection(), concurrency },
);
const batches = new Worker(
  queueNames.batches,
  async ({ id = '' }) => {
    seenOf(id).completions += 1;
  },
  { connection: connection(), concurrency: 1 },
);
for (const worker of [files, batches]) worker.on('error', (error) => console.error(error));

serveLines({
  ready: async () => {
    await Promise.all([files.waitUntilReady(), batches.waitUntilReady()]);
  },
  seen: ({ batch }) => {
    const { files: distinct, ...rest } = seenOf(batch);
    seen.delete(batch);
    return { ...rest, distinct: distinct.size };
  },
});
