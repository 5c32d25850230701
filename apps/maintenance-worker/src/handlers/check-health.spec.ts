import { alertSend, maintenanceRun } from '@image2model/contracts';
import type { AlertOutboxRow } from '@image2model/progress';
import { createLogger, createMetrics } from '@image2model/service-kit';
import type { HealthFacts } from '../domain/health-facts.js';
import type { HealthReport } from '../domain/health-report.js';
import { createHealthCheck } from './check-health.js';
import { HealthReports } from './keep-health-reports.js';

const one = { live: 1, drained: 0 };
const healthy: HealthFacts = {
  disk: { ok: true, usedPercent: null },
  memory: { ok: true, usedPercent: 10 },
  redis: {
    ok: true,
    usedMemory: 1,
    maxMemory: 0,
    aofLastWriteOk: true,
    lastSaveOk: true,
    maxMemoryPolicy: 'noeviction',
    clients: 1,
    maxClients: 100,
    evicted: 0,
  },
  rabbitmq: { ok: true, blocked: false, connectedForS: 99, ready: {}, consumers: {}, missing: [], dead: {} },
  fleet: {
    ok: true,
    services: {
      gateway: one,
      'batch-orchestrator': one,
      'model-worker': one,
      'maintenance-worker': one,
      'alert-service': one,
    },
    worstClock: null,
    pausedLanes: [],
  },
  work: { ok: true, oldestWaitingS: null, openDeadLetters: 0, unannounced: 0, providers: [] },
  settling: false,
  sleeping: [],
};
const sick: HealthFacts = { ...healthy, rabbitmq: { ok: false, error: 'not connected' } };
const worn: HealthFacts = { ...healthy, memory: { ok: true, usedPercent: 90 } };

/** The servers as far as a check sees them; more processes may share them. */
function createWorld() {
  const world = { facts: healthy, brokerAway: false, redisAway: false, nowMs: 0 };
  const kept: HealthReport[] = [];
  const alerts: string[] = [];
  const messages: string[] = [];
  const jobs: string[] = [];
  const events: string[] = [];
  const redis = <T>(run: () => T): Promise<T> =>
    world.redisAway ? Promise.reject(new Error('ECONNREFUSED')) : Promise.resolve(run());
  const note = (way: string, id: string, payload: unknown): void => {
    const { severity, resolved, repeat, message } = alertSend.payload.parse(payload);
    messages.push(message);
    alerts.push(
      [way, id, severity, ...(resolved ? ['resolved'] : []), ...(repeat === true ? ['again'] : [])].join(' '),
    );
  };
  const process = () =>
    createHealthCheck({
      collectFacts: async () => world.facts,
      reports: new HealthReports({
        ops: {
          lastHealth: () => redis(() => kept.at(-1) ?? null),
          saveHealth: (report) => redis(() => void kept.push(report as HealthReport)),
        },
        logger,
        againMs: 5,
      }),
      broker: {
        state: {
          get connected() {
            return !world.brokerAway;
          },
          blocked: false,
        },
        publish: async (type, { id = '', payload }, route) => {
          if (world.brokerAway) throw new Error('not connected');
          if (type.type === maintenanceRun.type)
            jobs.push(`${id} ${maintenanceRun.payload.parse(payload).job} at ${route?.priority}`);
          else note('rabbitmq', id, payload);
        },
      },
      alerts: {
        post: (row: AlertOutboxRow) => redis(() => note('redis', row.id, row.payload)),
      },
      opsEvents: {
        add: async (type, { message }) => {
          events.push(`${type}: ${message}`);
          return true;
        },
      },
      backlogWarningS: 0,
      instance: 'm1',
      metrics: createMetrics({ service: 'maintenance-worker', version: '1', processMetrics: false }),
      logger,
      now: () => new Date((world.nowMs += 1_000)),
    });
  return { world, kept, alerts, messages, jobs, events, process, check: process() };
}
const logger = createLogger({ service: 'test', instance: 'i', level: 'error', write: () => undefined });

describe('createHealthCheck', () => {
  it('system_health_check: tells of every change, again while critical, and that it is over', async () => {
    const { world, kept, alerts, events, check } = createWorld();
    await check('t1');
    world.facts = sick;
    await check('t2');
    await check('t3');
    world.facts = healthy;
    await check('t4');
    await check('t5');
    expect(alerts).toEqual([
      'rabbitmq alert:health:t2 critical',
      'rabbitmq alert:health:t3 critical again',
      'rabbitmq alert:health:t4 info resolved',
    ]);
    expect(kept.map(({ status }) => status)).toEqual([
      'healthy',
      'critical',
      'critical',
      'healthy',
      'healthy',
    ]);
    expect(events).toHaveLength(3);
    expect(events[1]).toContain('health.changed: health is critical: RabbitMQ does not answer');
  });

  it('goes through Redis while RabbitMQ is away', async () => {
    const { world, alerts, check } = createWorld();
    world.facts = sick;
    world.brokerAway = true;
    await check('t1');
    world.facts = healthy;
    world.brokerAway = false;
    await check('t2');
    expect(alerts).toEqual(['redis alert:health:t1 critical', 'rabbitmq alert:health:t2 info resolved']);
  });

  it('tells later what it could not tell at the time, also when it is over by then', async () => {
    const { world, kept, alerts, messages, check } = createWorld();
    world.facts = sick;
    world.brokerAway = true;
    world.redisAway = true;
    await check('t1');
    await check('t2');
    world.redisAway = false;
    await check('t3');
    expect(alerts).toEqual(['redis alert:health:t3 critical']);
    expect(kept.map(({ told }) => told)).toEqual([null, null, 'critical']);
    world.brokerAway = false;
    world.facts = healthy;
    await check('t4');
    world.redisAway = world.brokerAway = true;
    world.facts = sick;
    await check('t5');
    await check('t5 again');
    world.redisAway = world.brokerAway = false;
    world.facts = healthy;
    await check('t6');
    await check('t7');
    expect(alerts.slice(1)).toEqual([
      'rabbitmq alert:health:t4 info resolved',
      'rabbitmq alert:health-missed:t6 warning',
    ]);
    expect(messages.at(-1)).toContain('From 1970-01-01T00:00:05.000Z to 1970-01-01T00:00:07.000Z');
  });

  it('remembers by itself while Redis is away, and lets the others know as soon as it is back', async () => {
    const { world, alerts, kept, check, process } = createWorld();
    world.redisAway = true;
    world.facts = worn;
    await check('t1');
    await check('t2');
    expect(alerts).toEqual(['rabbitmq alert:health:t1 warning']);
    world.redisAway = false;
    world.facts = healthy;
    for (let tries = 0; kept.length < 2 && tries < 100; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await process()('t3');
    expect(alerts.slice(1)).toEqual(['rabbitmq alert:health:t3 info resolved']);
  });

  it('emergency_cleanup at priority 10: a critical disk asks for it, a full one does not', async () => {
    const { world, jobs, check } = createWorld();
    world.facts = { ...healthy, disk: { ok: true, usedPercent: 94 } };
    await check('t1');
    world.facts = { ...healthy, disk: { ok: true, usedPercent: 96 } };
    await check('t2');
    expect(jobs).toEqual(['emergency:t2 emergency-clean-up at 10']);
  });
});
