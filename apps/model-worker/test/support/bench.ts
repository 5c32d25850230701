import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectBroker, defineHandler, type Broker } from '@image2model/broker';
import {
  delayQueueName,
  fileSettled,
  generateMessageId,
  laneQueues,
  modelGenerate,
  newBatchId,
  queues,
  type RungName,
} from '@image2model/contracts';
import { connectProgress, type BatchRecord, type FileRecord, type Progress } from '@image2model/progress';
import { createLogger, type Logger } from '@image2model/service-kit';
import { openStorage, storageKeys, type Storage } from '@image2model/storage';
import {
  type AppProcess,
  createRedisDatabase,
  createVhost,
  freePorts,
  rawRedis,
  type RawRedis,
  startApp,
  waitFor,
} from '@image2model/testing';

/** RabbitMQ, Redis and storage of one spec; the spec is gateway and orchestrator, it settles what workers tell. */
export interface Bench {
  readonly amqpUrl: string;
  readonly progress: Progress;
  readonly broker: Broker;
  readonly redis: RawRedis;
  readonly storage: Storage;
  readonly storageDir: string;
  readonly logger: Logger;
  /** The files that each `file.settled` named, in the order of their coming. */
  readonly told: readonly { batchId: string; files: readonly number[] }[];
  /** Starts a worker process and waits until it is ready. */
  start(env?: Record<string, string>): Promise<AppProcess>;
  /** A batch whose messages are published as well. @param batch.fanOut false: they are not */
  newBatch(batch: {
    total: number;
    provider?: string;
    fanOut?: boolean;
    settings?: Record<string, unknown>;
    budgetMicro?: number;
    /** stored as the source of every file */
    image?: Uint8Array;
  }): Promise<string>;
  /** Publishes the message of one file, as fan-out, a retry or (`copy`) the reconciler does. */
  publish(batchId: string, idx: number, gen?: number, copy?: number): Promise<void>;
  batch(id: string): Promise<BatchRecord>;
  file(id: string, idx: number): Promise<FileRecord>;
  /** How often the lease of a file was taken over. */
  crashes(id: string, idx: number): Promise<number>;
  /** Messages that wait on a rung of the normal lane. */
  delayed(rung: RungName): Promise<number>;
  waitForState(id: string, state: BatchRecord['state'], timeoutMs?: number): Promise<BatchRecord>;
  /** Admin address of the worker that was started last. */
  workerUrl(): string;
  /** Ends every worker that still runs. */
  stopAll(): Promise<void>;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const [vhost, database] = await Promise.all([createVhost(), createRedisDatabase()]);
  const storageDir = await mkdtemp(join(tmpdir(), 'i2m-worker-'));
  const storageUrl = pathToFileURL(storageDir).href;
  const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
  const progress = await connectProgress({ url: database.url, logger });
  const broker = await connectBroker({ url: vhost.url, service: 'spec', logger });
  const redis = rawRedis(database.url);
  const apps: AppProcess[] = [];
  const told: { batchId: string; files: readonly number[] }[] = [];
  await broker.consume([
    defineHandler({
      consumes: fileSettled,
      queue: queues.fileSettled,
      prefetch: 64,
      emits: [],
      async handle({ batchId = '', payload: { files } }) {
        told.push({ batchId, files });
        await progress.settlements.finish(batchId, files);
      },
    }),
  ]);
  const there = async <T>(what: string, found: Promise<T | null>): Promise<T> => {
    const value = await found;
    if (value === null) throw new Error(`there is no ${what}`);
    return value;
  };
  const messageOf = (batchId: string, fileIdx: number, gen = 0, copy = 0) => ({
    id: generateMessageId(batchId, fileIdx, gen, copy),
    batchId,
    fileIdx,
    tenant: 't',
    payload: { gen },
  });
  const bench: Bench = {
    ...{ amqpUrl: vhost.url, progress, broker, redis, storageDir, logger, told },
    storage: await openStorage(storageUrl),
    start: async (env = {}) => {
      const [adminPort = 0] = await freePorts(1);
      const urls = { AMQP_URL: vhost.url, REDIS_URL: database.url, STORAGE_URL: storageUrl };
      const app = startApp({ name: 'model-worker', adminPort, env: { ...urls, ...env } });
      apps.push(app);
      await app.waitReady();
      return app;
    },
    newBatch: async ({ total, provider = 'noop', fanOut = true, settings = {}, budgetMicro, image }) => {
      const id = newBatchId();
      const rest = {
        name: null,
        lane: 'normal',
        settings,
        budgetMicro: budgetMicro ?? null,
        retentionHours: 1,
        createdAtMs: Date.now(),
      } as const;
      for (let idx = 0; image !== undefined && idx < total; idx += 1)
        await bench.storage.write(storageKeys.source(id, idx), image);
      await progress.batches.stage({ id, tenant: 't', provider, total, ...rest }, []);
      await progress.batches.activate(id);
      const messages = Array.from({ length: total }, (_, idx) => messageOf(id, idx));
      if (fanOut) await broker.publishMany(modelGenerate, messages, { lane: 'normal' });
      return id;
    },
    publish: (batchId, idx, gen, copy) =>
      broker.publish(modelGenerate, messageOf(batchId, idx, gen, copy), { lane: 'normal' }),
    batch: (id) => there(`batch ${id}`, progress.batches.read(id)),
    file: (id, idx) => there(`file ${idx} of ${id}`, progress.batches.file(id, idx)),
    crashes: async (id, idx) => Number((await redis('HGET', `i2m:{${id}}:a:${idx}`, 'crashes')) ?? 0),
    delayed: (rung) => broker.readyCount(delayQueueName(rung, laneQueues.normal.name)),
    waitForState: async (id, state, timeoutMs = 10_000) => {
      await waitFor(async () => (await bench.batch(id)).state === state, {
        timeoutMs,
        everyMs: 20,
        what: `${id} ${state}`,
      });
      return bench.batch(id);
    },
    workerUrl: () => apps.at(-1)?.adminUrl ?? '',
    stopAll: async () => {
      await Promise.all(apps.splice(0).map((app) => app.kill('SIGKILL')));
    },
    close: async () => {
      await Promise.all(apps.map((app) => app.kill('SIGTERM')));
      await broker.close();
      await progress.close();
      await Promise.all([vhost.close(), database.close(), rm(storageDir, { recursive: true })]);
    },
  };
  return bench;
}
