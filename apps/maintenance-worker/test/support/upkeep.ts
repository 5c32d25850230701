import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Broker } from '@image2model/broker';
import { alertSend, newBatchId } from '@image2model/contracts';
import { connectProgress, type Progress } from '@image2model/progress';
import { createLogger, createMetrics, type Metrics } from '@image2model/service-kit';
import { openStorage, storageKeys, type Storage } from '@image2model/storage';
import { createRedisDatabase, rawRedis, type RawRedis } from '@image2model/testing';
import { createJobs } from '../../src/handlers/create-jobs.js';
import { createErase } from '../../src/handlers/erase-remains.js';
import type { JobResult, Jobs } from '../../src/handlers/run-maintenance.js';

/** The jobs on a real Redis and a real storage, in this process. */
export interface Upkeep {
  progress: Progress;
  storage: Storage;
  redis: RawRedis;
  metrics: Metrics;
  /** where the storage is on this machine */
  directory: string;
  /** what was told to people */
  alerts: string[];
  /** how full the disk is, % */
  disk: { usedPercent: () => Promise<number | null> };
  jobs: Jobs;
  /** @throws when another process is at it */
  run(job: keyof Jobs, id?: string): Promise<JobResult>;
  /** A batch of noop files in storage and Redis whose completion is announced. */
  ended(options?: { agoMs?: number; retentionHours?: number; files?: number }): Promise<string>;
  /** One that has not ended. */
  live(): Promise<string>;
  stored(): Promise<string[]>;
  close(): Promise<void>;
}

const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });

export async function openUpkeep(): Promise<Upkeep> {
  const database = await createRedisDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'i2m-upkeep-'));
  const progress = await connectProgress({ url: database.url, logger });
  const storage = await openStorage(pathToFileURL(directory).href);
  const metrics = createMetrics({ service: 'maintenance-worker', version: '1', processMetrics: false });
  const disk: Upkeep['disk'] = { usedPercent: async () => null };
  const alerts: string[] = [];
  const publish: Broker['publish'] = async (_type, { id, payload }) => {
    const { severity, message } = alertSend.payload.parse(payload);
    alerts.push(`${id} ${severity}: ${message}`);
  };
  const jobs = createJobs({
    config: { CLEAN_UP_TARGET_PERCENT: 85, TRASH_DAYS: 7, OPS_RECORDS_DAYS: 30 },
    ...{ progress, storage, metrics, logger, instance: 'm-1', broker: { publish } },
    erase: createErase({ deletions: progress.deletions, storage }),
    usedPercent: () => disk.usedPercent(),
    checkHealth: async () => ({ status: 'healthy' }),
  });
  const batches = fixtures(progress, storage, rawRedis(database.url));
  return {
    ...{ progress, storage, metrics, directory, alerts, disk, jobs, ...batches },
    redis: rawRedis(database.url),
    run: async (job, id = 'manual:spec') => {
      const result = await jobs[job]({ id, signal: new AbortController().signal });
      if (result === 'elsewhere') throw new Error('another process is at it');
      return result;
    },
    stored: async () => {
      const names: string[] = [];
      for await (const name of storage.names(storageKeys.batches)) names.push(name);
      return names.sort();
    },
    close: async () => {
      await progress.close();
      await Promise.all([database.close(), rm(directory, { recursive: true, force: true })]);
    },
  };
}

function fixtures(progress: Progress, storage: Storage, redis: RawRedis): Pick<Upkeep, 'ended' | 'live'> {
  const live = async (files = 2, retentionHours = 1): Promise<string> => {
    const id = newBatchId();
    const more = { name: null, lane: 'normal' as const, provider: 'noop', settings: {} };
    const batch = { id, tenant: 't', total: files, retentionHours, createdAtMs: Date.now(), ...more };
    await storage.write(storageKeys.manifest(id), Buffer.from('{}'));
    await storage.write(storageKeys.source(id, 0), Buffer.from('0123456789'));
    await progress.batches.stage(batch, []);
    await progress.batches.activate(id);
    return id;
  };
  return {
    live,
    ended: async ({ agoMs = 0, retentionHours = 1, files = 2 } = {}) => {
      const id = await live(files, retentionHours);
      await progress.batches.requestCancel(id);
      while (!(await progress.settlements.cancelWaiting(id, 10_000)).done);
      const at = Number(await redis('HGET', `i2m:{${id}}:b`, 'finished_at'));
      await redis('HSET', `i2m:{${id}}:b`, 'finished_at', at - agoMs);
      for (const { eventId } of await progress.settlements.outbox(id))
        await progress.settlements.ackOutbox(id, eventId);
      return id;
    },
  };
}
