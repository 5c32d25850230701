import { alertSend } from '@image2model/contracts';
import { createLogger, createMetrics } from '@image2model/service-kit';
import type { HealthFacts } from '../domain/health-facts.js';
import type { HealthReport } from '../domain/health-report.js';
import { createHealthCheck } from './check-health.js';

const healthy: HealthFacts = {
  disk: { ok: true, usedPercent: null },
  memory: { ok: true, usedPercent: 10 },
  redis: { ok: true, usedMemory: 1, maxMemory: 0, aofLastWriteOk: true, maxMemoryPolicy: 'noeviction' },
  rabbitmq: { ok: true, blocked: false, ready: {}, dead: {} },
  services: {
    ok: true,
    live: {
      gateway: 1,
      'batch-orchestrator': 1,
      'model-worker': 1,
      'maintenance-worker': 1,
      'alert-service': 1,
    },
  },
  settling: false,
};
const sick: HealthFacts = { ...healthy, rabbitmq: { ok: false, error: 'not connected' } };

function createWorld() {
  const world = { facts: healthy, brokerAway: false, redisAway: false };
  const kept: HealthReport[] = [];
  const alerts: string[] = [];
  const check = createHealthCheck({
    collectFacts: async () => world.facts,
    ops: {
      lastHealth: async () => {
        if (world.redisAway) throw new Error('ECONNREFUSED');
        return kept.at(-1) ?? null;
      },
      saveHealth: async (report) => {
        if (world.redisAway) throw new Error('ECONNREFUSED');
        kept.push(report as HealthReport);
      },
    },
    broker: {
      publish: async (_type, { id, payload }) => {
        if (world.brokerAway) throw new Error('not connected');
        const { severity, resolved } = alertSend.payload.parse(payload);
        alerts.push(`${id} ${severity}${resolved ? ' resolved' : ''}`);
      },
    },
    metrics: createMetrics({ service: 'maintenance-worker', version: '1', processMetrics: false }),
    logger: createLogger({ service: 'test', instance: 'i', level: 'error', write: () => undefined }),
    now: () => new Date(0),
  });
  return { world, kept, alerts, check };
}

describe('createHealthCheck', () => {
  it('tells of every change, again while critical, and that it is over', async () => {
    const { world, kept, alerts, check } = createWorld();
    await check('t1');
    world.facts = sick;
    await check('t2');
    await check('t3');
    world.facts = healthy;
    await check('t4');
    await check('t5');
    expect(alerts).toEqual([
      'alert:health:t2 critical',
      'alert:health:t3 critical',
      'alert:health:t4 info resolved',
    ]);
    expect(kept.map(({ status }) => status)).toEqual([
      'healthy',
      'critical',
      'critical',
      'healthy',
      'healthy',
    ]);
  });

  it('tells later what it could not tell at the time', async () => {
    const { world, kept, alerts, check } = createWorld();
    world.facts = { ...healthy, memory: { ok: true, usedPercent: 90 } };
    world.brokerAway = true;
    await check('t1');
    expect(kept[0]).toMatchObject({ status: 'degraded', told: null });
    world.brokerAway = false;
    await check('t2');
    await check('t3');
    expect(alerts).toEqual(['alert:health:t2 warning']);
  });

  it('remembers by itself while Redis is away', async () => {
    const { world, alerts, check } = createWorld();
    world.redisAway = true;
    world.facts = { ...healthy, memory: { ok: true, usedPercent: 90 } };
    await check('t1');
    await check('t2');
    expect(alerts).toEqual(['alert:health:t1 warning']);
  });
});
