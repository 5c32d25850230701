import { z } from 'zod';

const amount = z.number().min(0);

/** The roles whose CPU time is told apart. */
const cpuSchema = z.object({
  gateway: amount,
  orchestrator: amount,
  worker: amount,
  maintenance: amount,
  alert: amount,
  broker: amount,
  redis: amount,
});

const perServiceSchema = cpuSchema.omit({ broker: true, redis: true });

/** What one file costs. Bytes, seconds of CPU time, messages, commands. */
export const costSchema = z.object({
  redis: z.object({
    commands: amount,
    scripts: amount,
    bytesIn: amount,
    bytesOut: amount,
    logBytes: amount,
  }),
  broker: z.object({
    published: amount,
    delivered: amount,
    acked: amount,
    bytesIn: amount,
    bytesOut: amount,
  }),
  diskBytes: z.object({ broker: amount, redis: amount }),
  cpuS: cpuSchema,
  memory: z.object({ running: amount, rest: amount }),
});
/** @typedef {z.output<typeof costSchema>} Cost */

const storedSchema = z.record(z.string(), z.object({ objects: amount, bytes: amount }));

/** What `npm run scale:measure` writes. */
export const constantsSchema = z.object({
  measured: z.object({
    day: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memoryGb: z.number(),
    node: z.string(),
    rabbitmq: z.string(),
    redis: z.string(),
    /** processors that other programs kept busy meanwhile, on average */
    othersCpus: amount,
    minutes: amount,
  }),
  /** nothing to do, one process of each service */
  idle: z.object({
    seconds: amount,
    redisCommandsPerS: amount,
    redisBytesPerS: amount,
    brokerPublishedPerS: amount,
    cores: cpuSchema,
    rssMb: perServiceSchema,
    brokerMb: amount,
    redisMb: amount,
    redisUsedBytes: amount,
    queues: amount,
  }),
  /** of one process */
  connections: z.record(z.string(), z.object({ redis: amount, rabbitmq: amount, channels: amount })),
  /** files of provider noop, by the size of their batch */
  batches: z
    .array(
      z.object({ files: z.int().positive(), filesPerS: amount, peakMb: perServiceSchema, cost: costSchema }),
    )
    .min(2),
  uploads: z.object({ imageMb: amount, gatewayCpuSPerMb: amount, mbPerS: amount, peakMb: amount }),
  downloads: z.object({ gatewayCpuSPerMb: amount }),
  streams: z.object({
    bytesPerFile: amount,
    gatewayCpuSPerFile: amount,
    /** 1,000 of them on which nothing happens */
    idle: z.object({ cores: amount, mb: amount }),
    /** what looking at a batch costs while somebody watches it */
    watchedBatch: z.object({ cores: amount, redisCommandsPerS: amount }),
  }),
  embedded: z.object({
    photos: amount,
    cpuSPerModel: amount,
    threads: amount,
    modelsPerS: amount,
    workerMb: amount,
    mbPerThread: amount,
    streamBytesPerFile: amount,
    /** what a file leaves in Redis with hash-max-listpack-value 512 */
    packedBytes: amount,
    stored: storedSchema,
    cost: costSchema,
  }),
  paid: z.object({
    atOnce: costSchema,
    perSecond: costSchema,
    requests: amount,
    requestsPerSecond: amount,
    packedBytes: amount,
    workerMb: amount,
    stored: storedSchema,
  }),
  /** requests to S3 for a paid file, its batch's share included, and for a download of its model */
  s3: z.object({
    files: amount,
    perFile: z.record(z.string(), amount),
    writes: amount,
    reads: amount,
    perDownload: amount,
  }),
});
/** @typedef {z.output<typeof constantsSchema>} Constants */
