import { fixed, shares } from './assumptions.mjs';
import { watchedBatches } from './plan-services.mjs';

/**
 * @typedef {import('../constants/schema.mjs').Constants} Constants
 * @typedef {import('../constants/schema.mjs').Cost} Cost
 * @typedef {import('./assumptions.mjs').Wishes} Wishes
 * @typedef {import('./demand.mjs').Demand} Demand
 * @typedef {ReturnType<typeof import('./plan-services.mjs').planServices>} Services
 */

/** Of an installation that is at work anyhow. @param {Services} services */
const allPods = (services) => Object.values(services).reduce((sum, { pods }) => sum + pods, 0);

/** @param {Constants} constants @param {Services} services @param {'redis' | 'rabbitmq' | 'channels'} what */
const connections = (constants, services, what) =>
  Object.entries(services).reduce(
    (sum, [role, { pods }]) => sum + pods * (constants.connections[role]?.[what] ?? 0),
    0,
  );

/** Of a command that waits for no disk: large batches are mostly such. @param {Constants} constants */
function secondsPerCommand({ batches }) {
  const cost = batches.at(-1)?.cost;
  return cost === undefined ? 0 : cost.cpuS.redis / cost.redis.commands;
}

/** Bytes that Redis keeps of a day's files, for each day of retention. @param {Cost} cost @param {Wishes} wishes */
export const keptPerDailyFile = ({ memory }, { retentionHours }) => (memory.rest * retentionHours) / 24;

/** @param {Constants} constants @param {Wishes} wishes @param {Demand} demand @param {Cost} cost @param {Services} services */
export function planRedis(constants, wishes, demand, cost, services) {
  const { acceptedPerS, streams } = demand;
  const { idle, streams: stream } = constants;
  const { cores, redisCommandsPerS } = idle;
  // an installation with one process of each service has five of them
  const sets = allPods(services) / Object.keys(services).length;
  const keptBytes = wishes.filesPerDay * keptPerDailyFile(cost, wishes);
  const looks = watchedBatches(streams, services.gateway.pods) * stream.watchedBatch.redisCommandsPerS;
  return {
    cores: acceptedPerS * cost.cpuS.redis + sets * cores.redis + looks * secondsPerCommand(constants),
    commandsPerS: acceptedPerS * cost.redis.commands + sets * redisCommandsPerS + looks,
    mbPerS: (acceptedPerS * (cost.redis.bytesIn + cost.redis.bytesOut)) / 1e6,
    logMbPerS: (acceptedPerS * cost.redis.logBytes) / 1e6,
    keptGb: keptBytes / 1e9,
    memoryGb: (keptBytes + idle.redisUsedBytes) / 1e9 / shares.redisMemory,
    connections: connections(constants, services, 'redis'),
  };
}

/** The nodes share the leaders of the queues; at worst one node has those of the busy lane. @param {Constants} constants @param {Wishes} wishes @param {Demand} demand @param {Cost} cost @param {Services} services */
export function planBroker(constants, wishes, { acceptedPerS }, cost, services) {
  return {
    cores: acceptedPerS * cost.cpuS.broker + constants.idle.cores.broker,
    publishedPerS: acceptedPerS * cost.broker.published,
    deliveredPerS: acceptedPerS * cost.broker.delivered,
    mbPerS: (acceptedPerS * (cost.broker.bytesIn + cost.broker.bytesOut)) / 1e6,
    diskMbPerS: (acceptedPerS * cost.diskBytes.broker) / 1e6,
    connections: connections(constants, services, 'rabbitmq'),
    channels: connections(constants, services, 'channels'),
    nodes: fixed.brokerNodes,
  };
}

/** @param {Constants} constants @param {Wishes} wishes */
export function storedPerFile({ embedded, paid }, { provider, imageMb, modelMb, batchFiles }) {
  const { stored } = provider === 'fal' ? paid : embedded;
  const { batch = { objects: 0, bytes: 0 }, model = { objects: 1, bytes: 0 }, ...others } = stored;
  const each = Object.entries(others).filter(([kind]) => kind !== 'source');
  const files = stored['source']?.objects ?? model.objects;
  const sum = (/** @type {'objects' | 'bytes'} */ what) =>
    each.reduce((all, [, of]) => all + of[what], 0) / files;
  return {
    // its source and its model, and its share of what the batch has
    objects: 2 + sum('objects') + batch.objects / batchFiles,
    bytes: (imageMb + modelMb) * 1e6 + sum('bytes') + batch.bytes / files,
  };
}

/** @param {Constants} constants @param {Wishes} wishes @param {Demand} demand */
export function planStorage(constants, wishes, { acceptedPerS }) {
  const { s3 } = constants;
  const { filesPerDay, retentionHours, downloads } = wishes;
  const { objects, bytes } = storedPerFile(constants, wishes);
  const kept = (filesPerDay * retentionHours) / 24;
  return {
    writesPerS: acceptedPerS * s3.writes,
    readsPerS: acceptedPerS * (s3.reads + downloads * s3.perDownload),
    gbPerDay: (filesPerDay * bytes) / 1e9,
    keptTb: (kept * bytes) / 1e12,
    keptObjects: kept * objects,
    inMbPerS: acceptedPerS * wishes.imageMb,
    outMbPerS: acceptedPerS * wishes.modelMb * downloads,
  };
}
