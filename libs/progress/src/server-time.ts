import type { Redis } from 'ioredis';

/** Redis's clock, ms: what several processes compare does not depend on the clocks of their machines. */
export async function serverTimeMs(redis: Redis): Promise<number> {
  const [seconds, micros] = (await redis.time()).map(Number);
  return (seconds ?? 0) * 1_000 + Math.floor((micros ?? 0) / 1_000);
}
