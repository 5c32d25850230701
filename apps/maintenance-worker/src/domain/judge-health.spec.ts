import { workQueues } from '@image2model/contracts';
import type { FleetFacts, HealthFacts, RabbitFacts, RedisFacts, WorkFacts } from './health-facts.js';
import { judgeHealth, wantsEmergencyCleanUp, type HealthStatus } from './judge-health.js';

const one = { live: 1, drained: 0 };
const services: FleetFacts['services'] = {
  gateway: one,
  'batch-orchestrator': one,
  'model-worker': { live: 2, drained: 0 },
  'maintenance-worker': { live: 0, drained: 0 },
  'alert-service': one,
};
const everyQueue = (count: number): Record<string, number> =>
  Object.fromEntries(workQueues.map(({ name }) => [name, count]));
const lane = 'model-worker.model.generate.high';

const redis: RedisFacts = {
  usedMemory: 50,
  maxMemory: 100,
  aofLastWriteOk: true,
  lastSaveOk: true,
  maxMemoryPolicy: 'noeviction',
  clients: 10,
  maxClients: 100,
  evicted: 0,
};
const rabbitmq: RabbitFacts = {
  blocked: false,
  connectedForS: 100,
  ready: everyQueue(0),
  consumers: everyQueue(1),
  missing: [],
  dead: { 'q.dead': 0 },
};
const fleet: FleetFacts = { services, worstClock: { instance: 'w1', skewMs: -4_999 }, pausedLanes: [] };
const work: WorkFacts = { oldestWaitingS: 3_600, openDeadLetters: 0, unannounced: 0, providers: [] };
const good: HealthFacts = {
  disk: { ok: true, usedPercent: 89.9 },
  memory: { ok: true, usedPercent: 84.9 },
  redis: { ok: true, ...redis },
  rabbitmq: { ok: true, ...rabbitmq },
  fleet: { ok: true, ...fleet },
  work: { ok: true, ...work },
  settling: false,
  sleeping: [],
};
const no = { ok: false, error: 'ECONNREFUSED' } as const;
const withRedis = (over: Partial<RedisFacts>): Partial<HealthFacts> => ({
  redis: { ok: true, ...redis, ...over },
});
const withRabbit = (over: Partial<RabbitFacts>): Partial<HealthFacts> => ({
  rabbitmq: { ok: true, ...rabbitmq, ...over },
});
const withFleet = (over: Partial<FleetFacts>): Partial<HealthFacts> => ({
  fleet: { ok: true, ...fleet, ...over },
});
const withWork = (over: Partial<WorkFacts>): Partial<HealthFacts> => ({
  work: { ok: true, ...work, ...over },
});
/** The consumers of every queue but those of a service. */
const without = (service: string): Record<string, number> =>
  Object.fromEntries(workQueues.map((queue) => [queue.name, queue.service === service ? 0 : 1]));
const workers = (live: number, drained: number) => ({ ...services, 'model-worker': { live, drained } });
const judge = (over: Partial<HealthFacts>) => judgeHealth({ ...good, ...over }, { backlogWarningS: 3_600 });

describe('judgeHealth', () => {
  it('finds nothing wrong with a good system, nor with one whose storage or Redis knows no limit', () => {
    expect(judge({})).toEqual({ status: 'healthy', reasons: [] });
    const unlimited = withRedis({ maxMemory: 0, usedMemory: 1e12, maxClients: 0 });
    expect(judge({ ...unlimited, disk: { ok: true, usedPercent: null } })).toEqual({
      status: 'healthy',
      reasons: [],
    });
  });

  it.each<[string, Partial<HealthFacts>, HealthStatus, string]>([
    ['disk at 90 %', { disk: { ok: true, usedPercent: 90 } }, 'degraded', 'disk'],
    ['disk at 95 %', { disk: { ok: true, usedPercent: 95 } }, 'critical', 'disk'],
    ['disk unknown', { disk: no }, 'degraded', 'disk'],
    ['memory at 85 %', { memory: { ok: true, usedPercent: 85 } }, 'degraded', 'memory'],
    ['memory at 99 %', { memory: { ok: true, usedPercent: 99 } }, 'degraded', 'memory'],
    ['memory unknown', { memory: no }, 'degraded', 'memory'],
    ['Redis away', { redis: no, fleet: no, work: no }, 'critical', 'redis'],
    ['Redis at 80 %', withRedis({ usedMemory: 80 }), 'degraded', 'redis_memory'],
    ['Redis at 95 %', withRedis({ usedMemory: 95 }), 'critical', 'redis_memory'],
    ['Redis with 80 % of its clients', withRedis({ clients: 80 }), 'degraded', 'redis_clients'],
    ['Redis with 95 % of its clients', withRedis({ clients: 95 }), 'critical', 'redis_clients'],
    ['AOF not written', withRedis({ aofLastWriteOk: false }), 'critical', 'redis_aof'],
    ['no background save', withRedis({ lastSaveOk: false }), 'degraded', 'redis_save'],
    ['Redis may evict', withRedis({ maxMemoryPolicy: 'allkeys-lru' }), 'critical', 'redis_policy'],
    ['Redis evicted', withRedis({ evicted: 3 }), 'critical', 'redis_evicted'],
    ['RabbitMQ away', { rabbitmq: no }, 'critical', 'rabbitmq'],
    ['RabbitMQ blocked', withRabbit({ blocked: true }), 'critical', 'rabbitmq_blocked'],
    ['a queue is gone', withRabbit({ missing: [lane] }), 'critical', 'queue_missing'],
    ['a queue nearly full', withRabbit({ ready: { [lane]: 160_000 } }), 'degraded', 'queue_length'],
    [
      'a queue that nobody takes from',
      withRabbit({ ready: { [lane]: 1 }, consumers: { ...everyQueue(1), [lane]: 0 } }),
      'degraded',
      'queue_unattended',
    ],
    ['dead letters left lying', withRabbit({ dead: { 'q.dead': 1 } }), 'degraded', 'dead_letters'],
    ['no worker', withFleet({ services: workers(0, 0) }), 'critical', 'service_missing'],
    ['all workers killed', withRabbit({ consumers: without('model-worker') }), 'critical', 'service_missing'],
    ['all workers drained', withFleet({ services: workers(2, 2) }), 'degraded', 'service_drained'],
    ['no heartbeats', { fleet: no }, 'critical', 'heartbeats'],
    ['a clock', withFleet({ worstClock: { instance: 'w1', skewMs: 5_001 } }), 'degraded', 'clock_skew'],
    ['work unknown', { work: no }, 'degraded', 'work'],
    ['a long wait', withWork({ oldestWaitingS: 3_601 }), 'degraded', 'backlog'],
    ['open dead letters', withWork({ openDeadLetters: 2 }), 'degraded', 'dead_letters_open'],
    ['a stuck outbox', withWork({ unannounced: 1 }), 'degraded', 'outbox'],
    [
      'a paused provider',
      withWork({ providers: [{ name: 'fal', code: 'provider_paused', detail: 'd' }] }),
      'degraded',
      'provider',
    ],
    [
      'a refused key',
      withWork({ providers: [{ name: 'fal', code: 'provider_auth', detail: 'd' }] }),
      'critical',
      'provider',
    ],
    [
      'an empty account',
      withWork({ providers: [{ name: 'fal', code: 'provider_account', detail: 'd' }] }),
      'critical',
      'provider',
    ],
  ])('system_health_check: %s', (_name, change, status, code) => {
    const verdict = judge(change);
    expect(verdict.status).toBe(status);
    expect(verdict.reasons.map((reason) => reason.code)).toEqual([code]);
    expect(verdict.reasons[0]?.message.length).toBeGreaterThan(20);
  });

  it('misses nobody while services may still be starting', () => {
    const none = { live: 0, drained: 0 };
    const nobody = withFleet({
      services: {
        gateway: none,
        'batch-orchestrator': none,
        'model-worker': none,
        'maintenance-worker': none,
        'alert-service': none,
      },
    });
    expect(judge({ ...nobody, settling: true }).status).toBe('healthy');
    expect(judge(nobody).reasons).toHaveLength(4);
    // an autoscaler may have ended it; the others are missed all the same
    const told = judge({ ...nobody, sleeping: ['alert-service'] }).reasons.map(({ message }) => message);
    expect(told).toHaveLength(3);
    expect(told.join()).not.toContain('alert-service');
  });

  it('believes the heartbeats while the consumers are on their way back, or are wanted away', () => {
    const away = { consumers: without('model-worker'), ready: { [lane]: 5 } };
    expect(judge(withRabbit({ ...away, connectedForS: 19 })).status).toBe('healthy');
    expect(judge(withRabbit({ ...away, connectedForS: 20 })).status).toBe('critical');
    const paused = withFleet({ pausedLanes: ['high'] });
    expect(judge({ ...withRabbit(away), ...paused }).status).toBe('healthy');
    const drained = judge({ ...withRabbit(away), ...withFleet({ services: workers(2, 2) }) });
    expect(drained.reasons.map(({ code }) => code)).toEqual(['service_drained']);
  });

  it('lets files wait for ever when that is wanted', () => {
    const facts = { ...good, ...withWork({ oldestWaitingS: 1e9 }) };
    expect(judgeHealth(facts, { backlogWarningS: 0 }).status).toBe('healthy');
  });

  it('names everything and lets the worst decide; only a critical disk wants room', () => {
    const verdict = judge({ disk: { ok: true, usedPercent: 91 }, redis: no });
    expect(verdict).toMatchObject({ status: 'critical', reasons: [{ code: 'disk' }, { code: 'redis' }] });
    expect(wantsEmergencyCleanUp(verdict)).toBe(false);
    expect(wantsEmergencyCleanUp(judge({ disk: { ok: true, usedPercent: 95 } }))).toBe(true);
  });
});
