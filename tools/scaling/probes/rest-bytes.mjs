const page = 2_000;
/** Longest value of a hash that Redis packs densely: as the project's attempts need it, where Redis's own default is 64. */
export const packedUpTo = 512;

/** @typedef {import('ioredis').Redis} Redis */

/** @param {Redis} redis @param {string} batchId @param {(keys: string[]) => Promise<number>} count @returns {Promise<number>} the sum over all keys of the batch */
async function overKeys(redis, batchId, count) {
  let [cursor, sum] = ['0', 0];
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `i2m:{${batchId}}:*`, 'COUNT', page);
    sum += await count(keys);
    cursor = next;
  } while (cursor !== '0');
  return sum;
}

/** @param {Redis} redis @param {string[]} keys @returns {Promise<number>} bytes */
async function bytesOf(redis, keys) {
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.memory('USAGE', key, 'SAMPLES', 0);
  let bytes = 0;
  for (const [error, usage] of (await pipeline.exec()) ?? []) {
    if (error !== null) throw error;
    bytes += Number(usage ?? 0);
  }
  return bytes;
}

/**
 * What Redis keeps of a batch, by its own account of each key (MEMORY USAGE): a difference of the memory in use would
 * be lost in what buffers come and go.
 * @param {Redis} redis @param {string} batchId
 * @returns {Promise<number>} bytes
 */
export const restBytes = (redis, batchId) => overKeys(redis, batchId, (keys) => bytesOf(redis, keys));

/**
 * What it would keep with hash-max-listpack-value 512: copies of the keys are made and removed again.
 * @param {Redis} redis @param {string} batchId
 * @returns {Promise<number>} bytes
 */
export async function packedBytes(redis, batchId) {
  const [, before = '64'] = /** @type {string[]} */ (await redis.config('GET', 'hash-max-listpack-value'));
  await redis.config('SET', 'hash-max-listpack-value', String(packedUpTo));
  try {
    return await overKeys(redis, batchId, async (keys) => {
      const hashes = keys.filter((key) => !key.endsWith(':copy'));
      const copies = hashes.map((key) => `${key}:copy`);
      for (const [at, key] of hashes.entries())
        await redis.restore(copies[at] ?? '', 0, await redis.dumpBuffer(key), 'REPLACE');
      const bytes = await bytesOf(redis, copies);
      if (copies.length > 0) await redis.del(...copies);
      // a longer name is no part of what is kept
      return bytes - copies.length * ':copy'.length;
    });
  } finally {
    await redis.config('SET', 'hash-max-listpack-value', before);
  }
}
