import type { HealthFacts } from './health-facts.js';
import { judgeHealth } from './judge-health.js';

const live = {
  gateway: 1,
  'batch-orchestrator': 1,
  'model-worker': 2,
  'maintenance-worker': 0,
  'alert-service': 1,
};
const redis = {
  ok: true,
  usedMemory: 50,
  maxMemory: 100,
  aofLastWriteOk: true,
  maxMemoryPolicy: 'noeviction',
} as const;
const rabbitmq = { ok: true, blocked: false, ready: { q: 10 }, dead: { 'q.dead': 0 } } as const;
const good: HealthFacts = {
  disk: { ok: true, usedPercent: 89.9 },
  memory: { ok: true, usedPercent: 84.9 },
  redis,
  rabbitmq,
  services: { ok: true, live },
  settling: false,
};
const no = { ok: false, error: 'ECONNREFUSED' } as const;

describe('judgeHealth', () => {
  it('finds nothing wrong with a good system, nor with one whose storage or Redis knows no limit', () => {
    expect(judgeHealth(good)).toEqual({ status: 'healthy', reasons: [] });
    const unlimited: HealthFacts = {
      ...good,
      disk: { ok: true, usedPercent: null },
      redis: { ...redis, maxMemory: 0, usedMemory: 1e12 },
    };
    expect(judgeHealth(unlimited)).toEqual({ status: 'healthy', reasons: [] });
  });

  it.each<[string, Partial<HealthFacts>, 'degraded' | 'critical', string]>([
    ['disk at 90 %', { disk: { ok: true, usedPercent: 90 } }, 'degraded', 'disk'],
    ['disk at 95 %', { disk: { ok: true, usedPercent: 95 } }, 'critical', 'disk'],
    ['disk unknown', { disk: no }, 'degraded', 'disk'],
    ['memory at 85 %', { memory: { ok: true, usedPercent: 85 } }, 'degraded', 'memory'],
    ['memory at 99 %', { memory: { ok: true, usedPercent: 99 } }, 'degraded', 'memory'],
    ['memory unknown', { memory: no }, 'degraded', 'memory'],
    ['Redis away', { redis: no, services: no }, 'critical', 'redis'],
    ['Redis at 80 %', { redis: { ...redis, usedMemory: 80 } }, 'degraded', 'redis_memory'],
    ['Redis at 95 %', { redis: { ...redis, usedMemory: 95 } }, 'critical', 'redis_memory'],
    ['AOF not written', { redis: { ...redis, aofLastWriteOk: false } }, 'critical', 'redis_aof'],
    ['Redis evicts', { redis: { ...redis, maxMemoryPolicy: 'allkeys-lru' } }, 'critical', 'redis_policy'],
    ['RabbitMQ away', { rabbitmq: no }, 'critical', 'rabbitmq'],
    ['RabbitMQ blocked', { rabbitmq: { ...rabbitmq, blocked: true } }, 'critical', 'rabbitmq_blocked'],
    ['a queue nearly full', { rabbitmq: { ...rabbitmq, ready: { q: 160_000 } } }, 'degraded', 'queue_length'],
    ['dead letters', { rabbitmq: { ...rabbitmq, dead: { 'q.dead': 1 } } }, 'degraded', 'dead_letters'],
    [
      'no worker',
      { services: { ok: true, live: { ...live, 'model-worker': 0 } } },
      'critical',
      'service_missing',
    ],
    ['no heartbeats', { services: no }, 'critical', 'heartbeats'],
  ])('%s', (_name, change, status, code) => {
    const verdict = judgeHealth({ ...good, ...change });
    expect(verdict.status).toBe(status);
    expect(verdict.reasons.map((reason) => reason.code)).toEqual([code]);
  });

  it('misses nobody while services may still be starting', () => {
    const nobody = {
      gateway: 0,
      'batch-orchestrator': 0,
      'model-worker': 0,
      'maintenance-worker': 0,
      'alert-service': 0,
    };
    expect(judgeHealth({ ...good, services: { ok: true, live: nobody }, settling: true }).status).toBe(
      'healthy',
    );
    expect(judgeHealth({ ...good, services: { ok: true, live: nobody } }).reasons).toHaveLength(4);
  });

  it('names everything and lets the worst decide', () => {
    const verdict = judgeHealth({ ...good, disk: { ok: true, usedPercent: 91 }, redis: no });
    expect(verdict).toMatchObject({ status: 'critical', reasons: [{ code: 'disk' }, { code: 'redis' }] });
  });
});
