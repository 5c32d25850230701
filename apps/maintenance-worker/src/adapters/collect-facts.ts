import type { Broker } from '@image2model/broker';
import { services } from '@image2model/contracts';
import type { Fleet } from '@image2model/progress';
import type { Storage } from '@image2model/storage';
import type { HealthFacts, Probed, RabbitFacts, RedisFacts } from '../domain/health-facts.js';
import { probeDisk } from './probe-disk.js';
import { probeMemory } from './probe-memory.js';
import type { QueueCounter } from './queue-counter.js';

export interface FactSources {
  broker: Pick<Broker, 'state'>;
  queues: QueueCounter;
  fleet: Pick<Fleet, 'ping' | 'serverInfo' | 'heartbeats'>;
  storage: Storage;
  storageUrl: string;
  /** When this process started, ms. */
  startedAtMs: number;
  /** So long after the start other services may still be starting. */
  graceS: number;
}

/** A probe that takes longer has failed. */
const patienceMs = 8_000;

/** Measures everything at once; never rejects. */
export function createFactCollector(sources: FactSources): () => Promise<HealthFacts> {
  const { broker, queues, fleet, storage, storageUrl, startedAtMs, graceS } = sources;
  return async () => {
    const [disk, memory, redis, rabbitmq, found] = await Promise.all([
      probe(() => probeDisk(storage, storageUrl)),
      probe(probeMemory),
      probe(() => probeRedis(fleet)),
      probe(() => probeRabbit(broker, queues)),
      probe(() => countLive(fleet)),
    ]);
    const settling = Date.now() - startedAtMs < graceS * 1_000;
    return { disk, memory, redis, rabbitmq, services: found, settling };
  };
}

async function probe<T>(measure: () => Promise<T>): Promise<Probed<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${patienceMs / 1_000} s`)), patienceMs);
  });
  try {
    return { ok: true, ...(await Promise.race([measure(), late])) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function probeRedis(fleet: FactSources['fleet']): Promise<RedisFacts> {
  await fleet.ping();
  const info = await fleet.serverInfo();
  return {
    usedMemory: Number(info['used_memory'] ?? 0),
    maxMemory: Number(info['maxmemory'] ?? 0),
    aofLastWriteOk: (info['aof_last_write_status'] ?? 'ok') === 'ok',
    maxMemoryPolicy: info['maxmemory_policy'] ?? 'unknown',
  };
}

async function probeRabbit(broker: FactSources['broker'], queues: QueueCounter): Promise<RabbitFacts> {
  const { connected, blocked } = broker.state;
  if (!connected) throw new Error('not connected');
  return { blocked, ready: await queues.work(), dead: await queues.dead() };
}

async function countLive(fleet: FactSources['fleet']): Promise<{ live: Record<string, number> }> {
  const beats = await fleet.heartbeats();
  const of = (service: string): number => beats.filter((beat) => beat.service === service).length;
  return { live: Object.fromEntries(services.map((service) => [service, of(service)])) };
}
