import { setTimeout as sleep } from 'node:timers/promises';
import { residentMb } from '../../bench/measure/proc.mjs';
import { idleOf } from '../probes/cost-per-file.mjs';
import { measureRun } from '../probes/measure-run.mjs';
import { countConnections } from '../probes/sockets.mjs';
import { usedMemory } from '../probes/redis-stats.mjs';

const watchedMs = 10_000;
/** What was done before is in no statistics any more. */
const quietMs = 6_000;

/** @typedef {import('../rig/open-rig.mjs').Rig} Rig */

/** @param {string} url */
const portOf = (url) => Number(new URL(url).port);

/**
 * What one process of each service keeps open.
 * @param {Rig} rig
 * @returns {Promise<import('../constants/schema.mjs').Constants['connections']>}
 */
async function connectionsOf({ services, urls, broker }) {
  const all = await broker.connections();
  // a service calls its connections by its instance, which names the host and the process
  const channels = (/** @type {number} */ pid) =>
    all
      .filter(({ client_properties: { connection_name: name = '' } }) => name.includes(`-${pid}-`))
      .reduce((sum, each) => sum + each.channels, 0);
  return Object.fromEntries(
    Object.entries(services()).map(([role, [pid = 0]]) => [
      role,
      {
        redis: countConnections(pid, portOf(urls.redisUrl)),
        rabbitmq: countConnections(pid, portOf(urls.amqpUrl)),
        channels: channels(pid),
      },
    ]),
  );
}

/** @param {Record<string, number[]>} roots @returns {Record<string, number>} */
const memoryOf = (roots) =>
  Object.fromEntries(Object.entries(roots).map(([role, pids]) => [role, residentMb(pids, 'VmRSS')]));

/**
 * What the system costs while nobody asks anything of it.
 * @param {Rig} rig
 */
export async function measureIdle(rig) {
  await sleep(quietMs, undefined, { signal: rig.signal });
  const usage = await measureRun(rig, () => sleep(watchedMs, undefined, { signal: rig.signal }));
  const idle = idleOf(usage);
  const memory = memoryOf(rig.roots());
  return {
    usage,
    idle,
    connections: await connectionsOf(rig),
    standing: {
      seconds: usage.measuredS,
      redisCommandsPerS: idle.redis['commands'] ?? 0,
      redisBytesPerS: (idle.redis['bytesIn'] ?? 0) + (idle.redis['bytesOut'] ?? 0),
      brokerPublishedPerS: idle.broker['published'] ?? 0,
      cores: idle.cpuS,
      rssMb: memory,
      brokerMb: memory['broker'] ?? 0,
      redisMb: memory['redis'] ?? 0,
      redisUsedBytes: await usedMemory(rig.redis),
      queues: await rig.broker.queues(),
    },
  };
}
