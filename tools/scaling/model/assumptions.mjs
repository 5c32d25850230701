/**
 * What the plan is told and nobody can measure here: the traffic, the sizes, the account, the machines.
 * @typedef {object} Wishes
 * @property {number} filesPerDay
 * @property {'fal' | 'embedded'} provider
 * @property {number} peakFactor the busiest hour of a day beside its average hour
 * @property {number} drainHours so long after the busiest hour its last model may come
 * @property {number} batchFiles
 * @property {number} imageMb
 * @property {number} modelMb
 * @property {number} secondsPerModel a generation at fal; embedded: processor time of a model
 * @property {number} retentionHours
 * @property {number} downloads of each model, through the gateway
 * @property {number} watchers event streams for each batch
 * @property {number} watchMinutes how long a batch is watched
 * @property {number} falConcurrency generations at a time that the account runs
 * @property {number} usdPerFile
 * @property {number} workerCores processors that all model-workers may have
 * @property {number} redisGb memory of the machine that Redis has
 * @property {number} brokerCores processors of one RabbitMQ node
 * @property {number} diskMbPerS what a disk of RabbitMQ writes, with syncs
 * @property {number} storageTb size of a shared volume
 * @property {number} networkGbit of the way in, and of the way out
 */

/** A quarter of the day's files in one hour is 6 times its average hour. */
const common = {
  peakFactor: 6,
  drainHours: 0,
  batchFiles: 100,
  imageMb: 1.5,
  retentionHours: 168,
  downloads: 1,
  watchers: 2,
  watchMinutes: 30,
  falConcurrency: 40,
  workerCores: 64,
  redisGb: 16,
  brokerCores: 4,
  diskMbPerS: 100,
  storageTb: 10,
  networkGbit: 10,
};

/** The default endpoint with a standard texture (libs/fal); its models' size and seconds are to be seen live. */
const ofFal = { modelMb: 8, secondsPerModel: 60, usdPerFile: 0.3 };

/**
 * The wishes that nobody named, by the provider.
 * @param {'fal' | 'embedded'} provider @param {import('../constants/schema.mjs').Constants} constants
 * @returns {Omit<Wishes, 'filesPerDay' | 'provider'>}
 */
export function defaultWishes(provider, { embedded }) {
  if (provider === 'fal') return { ...common, ...ofFal };
  const { objects = 1, bytes = 0 } = embedded.stored['model'] ?? {};
  return {
    ...common,
    modelMb: Number((bytes / objects / 1e6).toPrecision(2)),
    secondsPerModel: embedded.cpuSPerModel,
    usdPerFile: 0,
  };
}

/** How full things may be, on average over the busiest hour; what is above that is for its busier minutes. */
export const shares = {
  /** a process that answers people, or a server that all wait for */
  processor: 0.6,
  /** generators: nobody waits for a single one */
  generator: 0.85,
  /** Redis needs the other half when it rewrites its log */
  redisMemory: 0.5,
  streams: 0.75,
  waiting: 0.75,
  network: 0.6,
  disk: 0.6,
  dispatch: 0.6,
};

/** What the services and others set themselves. */
export const fixed = {
  /** event streams of a gateway (libs/contracts, httpLimits.eventStreams) */
  streamsPerGateway: 2_000,
  /** batches that a gateway looks at four times a second; more of them share that rate */
  batchesAtFullRate: 200,
  /** files of a lane that wait in a worker (WORKER_WAITING) */
  waitingPerWorker: 256,
  /** generators in a pod (EMBEDDED_THREADS in k8s/base), a processor each */
  threadsPerWorker: 2,
  /** pods that the autoscalers add up to (maxReplicas in k8s/components) */
  mostPods: { gateway: 10, orchestrator: 6, worker: 20, maintenance: 4, alert: 4 },
  /** copies of a quorum queue */
  brokerNodes: 3,
  /** writes a second below one prefix of S3, as AWS documents it; it grows by itself with more prefixes */
  s3WritesPerS: 3_500,
};
