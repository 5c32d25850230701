import { fixed, shares } from './assumptions.mjs';
import { generationFactor, secondsPerDay } from './demand.mjs';
import { keptPerDailyFile, storedPerFile } from './plan-stores.mjs';

/**
 * @typedef {import('../constants/schema.mjs').Constants} Constants
 * @typedef {import('../constants/schema.mjs').Cost} Cost
 * @typedef {import('./assumptions.mjs').Wishes} Wishes
 * @typedef {{ what: string, filesPerDay: number, how: string, then: string }} Limit
 *   what gives out, at how many files a day, how that is reckoned, and what to do then
 */

/** @param {number} value */
const short = (value) => Number(value.toPrecision(3)).toLocaleString('en-US');

/** @param {number} seconds */
const time = (seconds) => (seconds >= 0.1 ? `${short(seconds)} s` : `${short(seconds * 1e3)} ms`);

/** @param {Wishes} wishes @returns {Limit[]} */
const ofProvider = (wishes) => {
  if (wishes.provider === 'embedded') return [];
  const { falConcurrency, secondsPerModel } = wishes;
  return [
    {
      what: "the account's concurrency at fal",
      filesPerDay: perDay(falConcurrency / secondsPerModel, generationFactor(wishes)),
      how: `${falConcurrency} at a time, ${secondsPerModel} s each`,
      then: 'let models wait (--drain-hours), a higher limit from fal, or a faster endpoint',
    },
  ];
};

/** @param {number} perS in the busiest hour @param {number} factor that hour beside the average one */
const perDay = (perS, factor) => (perS / factor) * secondsPerDay;

/** @param {Wishes} wishes @param {Cost} cost @returns {Limit} */
const ofWorkers = (wishes, { cpuS }) => ({
  what: 'processors of the workers',
  filesPerDay: perDay(
    (wishes.workerCores * (wishes.provider === 'fal' ? shares.processor : shares.generator)) / cpuS.worker,
    generationFactor(wishes),
  ),
  how: `${wishes.workerCores} processors, ${time(cpuS.worker)} a file`,
  then: 'more nodes: workers share nothing, so they scale by pods',
});

/** @param {Constants} constants @param {Wishes} wishes @param {Cost} cost @returns {Limit[]} */
const ofRedis = ({ idle }, wishes, cost) => [
  {
    what: 'the one processor of Redis',
    filesPerDay: perDay(shares.processor / cost.cpuS.redis, wishes.peakFactor),
    how: `${time(cost.cpuS.redis)} a file, ${shares.processor * 100} % of one processor`,
    then: 'a second installation for a part of the tenants',
  },
  {
    what: 'the memory of Redis',
    filesPerDay:
      (wishes.redisGb * 1e9 * shares.redisMemory - idle.redisUsedBytes) / keptPerDailyFile(cost, wishes),
    how: `${short(cost.memory.rest)} bytes a file for ${short(wishes.retentionHours / 24)} days, half of ${wishes.redisGb} GB`,
    then: 'hash-max-listpack-value 512, shorter retention_hours, a machine with more memory, a second installation',
  },
];

/** @param {Wishes} wishes @param {Cost} cost @returns {Limit[]} */
const ofBroker = ({ brokerCores, diskMbPerS, peakFactor }, { cpuS, diskBytes }) => [
  {
    what: 'processors of a RabbitMQ node',
    filesPerDay: perDay((brokerCores * shares.processor) / cpuS.broker, peakFactor),
    how: `${time(cpuS.broker)} a file, ${brokerCores} processors, all leaders on one node`,
    then: 'spread the leaders (rabbitmq-queues rebalance), larger nodes, a second installation',
  },
  {
    what: 'the disk of a RabbitMQ node',
    filesPerDay: perDay((diskMbPerS * 1e6 * shares.disk) / diskBytes.broker, peakFactor),
    how: `${short(diskBytes.broker / 1e3)} kB written a file, ${diskMbPerS} MB/s`,
    then: 'local NVMe disks; larger batches put more files into a message',
  },
];

/** @param {Constants} constants @param {Wishes} wishes @returns {Limit} */
const ofDispatch = ({ batches }, { peakFactor }) => {
  const filesPerS = Math.max(...batches.map((each) => each.filesPerS));
  return {
    what: 'the dispatcher of one lane',
    filesPerDay: perDay(filesPerS * shares.dispatch, peakFactor),
    how: `${short(filesPerS)} files/s were seen, through one lane and one worker`,
    then: 'all three lanes, each has its own; a second installation',
  };
};

/** @param {Constants} constants @param {Wishes} wishes @returns {Limit[]} */
const ofStorage = (constants, wishes) => {
  const { bytes } = storedPerFile(constants, wishes);
  const days = wishes.retentionHours / 24;
  return [
    {
      what: 'writes below one prefix of S3',
      filesPerDay: perDay(fixed.s3WritesPerS / constants.s3.writes, wishes.peakFactor),
      how: `${short(constants.s3.writes)} writes a file, ${fixed.s3WritesPerS.toLocaleString('en-US')} a second`,
      then: 'S3 splits busy prefixes by itself, in minutes; a second installation has its own bucket',
    },
    {
      what: 'a shared volume',
      filesPerDay: (wishes.storageTb * 1e12) / (bytes * days),
      how: `${short(bytes / 1e6)} MB a file for ${short(days)} days, ${wishes.storageTb} TB`,
      then: 'STORAGE_URL=s3://…, which has no such end; shorter retention_hours',
    },
  ];
};

/** @param {Wishes} wishes @returns {Limit} */
const ofNetwork = ({ imageMb, modelMb, downloads, networkGbit, peakFactor }) => {
  const megabytes = Math.max(imageMb, modelMb * downloads);
  return {
    what: 'the network of the cluster',
    filesPerDay: perDay((networkGbit * 125 * shares.network) / megabytes, peakFactor),
    how: `${short(megabytes)} MB a file the busier way, ${networkGbit} Gbit/s`,
    then: 'images by URL, downloads straight from S3, more ways in',
  };
};

/**
 * Everything that gives out and does not grow by adding pods of this installation, the first one first.
 * @param {Constants} constants @param {Wishes} wishes @param {Cost} cost
 * @returns {Limit[]}
 */
export const limitsOf = (constants, wishes, cost) =>
  [
    ...ofProvider(wishes),
    ofWorkers(wishes, cost),
    ...ofRedis(constants, wishes, cost),
    ...ofBroker(wishes, cost),
    ofDispatch(constants, wishes),
    ...ofStorage(constants, wishes),
    ofNetwork(wishes),
  ].sort((a, b) => a.filesPerDay - b.filesPerDay);
