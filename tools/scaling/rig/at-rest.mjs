import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 20;
const patienceMs = 240_000;

/**
 * Until the completion of every batch is out: Redis itself is asked, which costs the gateway nothing.
 * @param {{ redis: import('ioredis').Redis, signal: AbortSignal }} rig @param {number} [but] batches that stay
 */
export async function untilAtRest({ redis, signal }, but = 0) {
  const deadline = performance.now() + patienceMs;
  while ((await redis.zcard('i2m:active')) > but) {
    if (performance.now() > deadline) throw new Error(`a batch is not over after ${patienceMs / 1000} s`);
    await sleep(lookEveryMs, undefined, { signal });
  }
}
