import { setTimeout as pause } from 'node:timers/promises';
import type { Broker } from '@image2model/broker';
import type { ServiceName } from '@image2model/contracts';
import type { Storage } from '@image2model/storage';
import type { HealthFacts } from '../domain/health-facts.js';
import { judgeFleet } from '../domain/judge-fleet.js';
import { probeDisk } from './probe-disk.js';
import { probeFleet } from './probe-fleet.js';
import { probeMemory } from './probe-memory.js';
import { createRabbitProbe } from './probe-rabbit.js';
import { createRedisProbe } from './probe-redis.js';
import { probeWork, type WorkSources } from './probe-work.js';
import { probe } from './probe.js';
import type { QueueCounter } from './queue-counter.js';

export interface FactSources {
  broker: Pick<Broker, 'state' | 'depth' | 'onStateChange'>;
  queues: Pick<QueueCounter, 'dead'>;
  progress: WorkSources;
  storage: Storage;
  storageUrl: string;
  /** When this process started, ms. */
  startedAtMs: number;
  /** So long after the start other services may still be starting. */
  graceS: number;
  /** A service that seems to be missing is looked at again after so long: it may just be restarting. */
  confirmMs: number;
  /** Services that an autoscaler may end. */
  sleeping: readonly ServiceName[];
}

/** Measures everything at once; never rejects. */
export function createFactCollector(sources: FactSources): () => Promise<HealthFacts> {
  const { broker, queues, progress, storage, storageUrl, startedAtMs, graceS, confirmMs, sleeping } = sources;
  const probeRedis = createRedisProbe(progress.fleet);
  const probeRabbit = createRabbitProbe(broker, queues);
  const lookAround = async (): Promise<Pick<HealthFacts, 'rabbitmq' | 'fleet'>> => {
    const [rabbitmq, fleet] = await Promise.all([
      probe(probeRabbit),
      probe(() => probeFleet(progress.fleet, progress.orders)),
    ]);
    return { rabbitmq, fleet };
  };
  return async () => {
    const [disk, memory, redis, around, work] = await Promise.all([
      probe(() => probeDisk(storage, storageUrl)),
      probe(probeMemory),
      probe(probeRedis),
      lookAround(),
      probe(() => probeWork(progress)),
    ]);
    const settling = Date.now() - startedAtMs < graceS * 1_000;
    const facts: HealthFacts = { disk, memory, redis, ...around, work, settling, sleeping };
    if (!judgeFleet(facts).some(({ code }) => code === 'service_missing')) return facts;
    await pause(confirmMs);
    return { ...facts, ...(await lookAround()) };
  };
}
