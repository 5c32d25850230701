const chunk = 5_000;

/**
 * When the worker's last conclusion was written, by Redis's clock: the files of a batch as libs/progress keeps them.
 * @param {import('ioredis').Redis} redis
 * @param {string} batchId
 * @param {number} n files
 * @returns {Promise<number>} ms since 1970
 */
export async function lastDoneMs(redis, batchId, n) {
  let last = 0;
  for (let from = 0; from < n; from += chunk) {
    const pipeline = redis.pipeline();
    for (let idx = from; idx < Math.min(n, from + chunk); idx += 1)
      pipeline.hget(`i2m:{${batchId}}:a:${idx}`, 'ended_at');
    for (const [error, endedAt] of (await pipeline.exec()) ?? []) {
      if (error !== null) throw error;
      // A file without it was lost, which the row tells.
      last = Math.max(last, Number(endedAt ?? 0));
    }
  }
  if (last === 0) throw new Error(`no file of ${batchId} has an ended_at in Redis`);
  return last;
}
