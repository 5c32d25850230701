/**
 * What Redis holds for its clients and itself, without what its allocator keeps in reserve.
 * @param {import('ioredis').Redis} redis
 * @returns {Promise<number>} MB (1,000,000 bytes)
 */
export async function usedMemoryMb(redis) {
  const bytes = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
  if (bytes === undefined) throw new Error('Redis does not tell its used_memory');
  return Number(bytes) / 1e6;
}
