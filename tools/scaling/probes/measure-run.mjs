import { setTimeout as sleep } from 'node:timers/promises';
import { startMeter } from '../../bench/measure/meter.mjs';
import { readRedisStats, usedMemory } from './redis-stats.mjs';
import { writtenBytes } from './written-bytes.mjs';

/**
 * @typedef {import('../rig/open-rig.mjs').Rig} Rig
 * @typedef {object} Usage what something used
 * @property {number} seconds of the work
 * @property {number} measuredS the time that redis, diskBytes and cpuS are about
 * @property {number} brokerS the time that broker is about: its statistics are seconds late
 * @property {{ commands: number, scripts: number, bytesIn: number, bytesOut: number, logBytes: number }} redis
 * @property {{ published: number, delivered: number, acked: number, bytesIn: number, bytesOut: number }} broker
 * @property {import('./broker-stats.mjs').BrokerStats} brokerAtEnd
 * @property {number} endedMs by performance.now()
 * @property {{ broker: number, redis: number }} diskBytes
 * @property {Record<string, number>} cpuS by role
 * @property {Record<string, number>} peakMb by role, resident memory
 * @property {{ before: number, peak: number, after: number }} memory bytes that Redis held
 * @property {number} othersCpus processors that everything else on the machine kept busy
 */

const memoryEveryMs = 100;
/** What a batch leaves to be done at once (relay, acks, freeing) is done by then. */
const restMs = 1_000;

/** @param {import('ioredis').Redis} redis */
async function watchMemory(redis) {
  const before = await usedMemory(redis);
  let peak = before;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      peak = Math.max(peak, await usedMemory(redis));
      await sleep(memoryEveryMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await watching;
      return { before, peak, after: await usedMemory(redis) };
    },
  };
}

/** @template {Record<string, number>} T @param {T} after @param {T} before @returns {T} */
export const difference = (after, before) =>
  /** @type {T} */ (
    Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]))
  );

/** @param {Rig} rig */
const disks = ({ roots }) => {
  const written = (/** @type {string} */ role) => writtenBytes(roots()[role]?.[0] ?? 0) ?? 0;
  return { broker: written('broker'), redis: written('redis') };
};

/**
 * What all processes use while `work` runs, and for a second after it.
 * @param {Rig} rig @param {() => Promise<unknown>} work
 * @param {Usage} [last] of the run before, when RabbitMQ had nothing to do since: its statistics need not be waited for again
 * @returns {Promise<Usage>}
 */
export async function measureRun(rig, work, last) {
  const { redis, broker, roots } = rig;
  const brokerBefore = last?.brokerAtEnd ?? (await broker.stats());
  const brokerFrom = last?.endedMs ?? performance.now();
  const memory = await watchMemory(redis);
  const [redisBefore, disksBefore] = [await readRedisStats(redis), disks(rig)];
  const meter = startMeter(roots());
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  await sleep(restMs);
  const { cpuS, peakMb, othersCpus } = await meter.stop();
  const measuredS = (performance.now() - started) / 1000;
  const [redisAfter, disksAfter] = [await readRedisStats(redis), disks(rig)];
  const held = await memory.stop();
  const brokerAfter = await broker.stats();
  return {
    seconds,
    measuredS,
    brokerS: (performance.now() - brokerFrom) / 1000,
    brokerAtEnd: brokerAfter,
    endedMs: performance.now(),
    redis: difference(redisAfter, redisBefore),
    broker: difference(brokerAfter, brokerBefore),
    diskBytes: difference(disksAfter, disksBefore),
    cpuS,
    peakMb,
    memory: held,
    othersCpus,
  };
}
