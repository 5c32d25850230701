import { startMeter } from '../measure/meter.mjs';
import { residentMb } from '../measure/proc.mjs';
import { usedMemoryMb } from '../measure/redis-memory.mjs';
import { rowOf } from '../report/row.mjs';
import { starters } from '../systems/system.mjs';

/** Two batches that nobody measures: connections open, code compiled, queues there. */
const warmUp = [100, 1_000];

/**
 * @typedef {import('../systems/system.mjs').SystemContext} SystemContext
 * @typedef {import('../report/row.mjs').Row} Row
 * @typedef {{ onStart(system: string): void, onRun(system: string, n: number): void, onRow(row: Row): void }} Listener
 */

/** @param {SystemContext['servers']} servers */
const serverRoots = ({ pids }) => ({
  ...(pids['rabbitmq'] === undefined ? {} : { broker: [pids['rabbitmq']] }),
  ...(pids['redis'] === undefined ? {} : { redis: [pids['redis']] }),
});

/**
 * @param {import('../systems/system.mjs').System} system
 * @param {number} n
 * @param {SystemContext} context
 */
async function measure(system, n, { redis, servers }) {
  const ofServers = serverRoots(servers);
  const usedBefore = await usedMemoryMb(redis);
  const meter = startMeter({ ...system.roots(), ...ofServers });
  const outcome = await system.run(n);
  const measured = await meter.stop();
  const redisGrowthMb = (await usedMemoryMb(redis)) - usedBefore;
  const redisMb = residentMb(ofServers.redis ?? [], 'VmRSS');
  const reviewed = await system.review(outcome, n);
  return { reviewed, measured, redisGrowthMb, redisMb };
}

/**
 * Starts each system in turn, warms it up, runs its batches, stops it, and empties Redis.
 * @param {import('./plan.mjs').Visit[]} visits
 * @param {SystemContext} context
 * @param {Listener} listener
 * @returns {Promise<Row[]>} in the order of the runs
 */
export async function runVisits(visits, context, { onStart, onRun, onRow }) {
  /** @type {Row[]} */
  const rows = [];
  for (const { system: name, sizes } of visits) {
    context.signal.throwIfAborted();
    onStart(name);
    const system = await starters[name](context);
    try {
      for (const n of warmUp) await system.review(await system.run(n), n);
      for (const n of sizes) {
        onRun(name, n);
        const repeat = rows.filter((row) => row.system === name && row.n === n).length + 1;
        const measured = await measure(system, n, context);
        const row = rowOf({ system: name, n, workers: system.workers, repeat, ...measured });
        rows.push(row);
        onRow(row);
      }
    } finally {
      await system.stop();
    }
    await context.redis.flushall();
  }
  return rows;
}
