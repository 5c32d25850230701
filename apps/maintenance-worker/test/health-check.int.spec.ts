import { services, type ServiceName } from '@image2model/contracts';
import { connectProgress, type Progress } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
import {
  closingAfterAll,
  startReceiver,
  startSystem,
  waitFor,
  type Receiver,
  type System,
} from '@image2model/testing';

interface Report {
  tick: string;
  status: string;
  reasons: { code: string; message: string }[];
  facts: {
    disk: { usedPercent: number };
    memory: { usedPercent: number };
    rabbitmq: { ready: Record<string, number>; consumers: Record<string, number> };
    redis: { clients: number; maxClients: number; lastSaveOk: boolean };
    fleet: { worstClock: { skewMs: number } | null };
    work: { openDeadLetters: number; oldestWaitingS: number | null };
  };
}

const own: readonly ServiceName[] = ['maintenance-worker', 'alert-service'];

describe('the health check, by two maintenance workers', () => {
  const closing = closingAfterAll();
  let receiver: Receiver;
  let system: System;
  let progress: Progress;

  beforeAll(async () => {
    receiver = closing(await startReceiver());
    system = closing(
      await startSystem({
        services: own,
        replicas: { 'maintenance-worker': 2 },
        env: { HEALTH_CHECK_INTERVAL_S: '2', HEALTH_GRACE_S: '1', ALERT_WEBHOOK_URL: receiver.url },
      }),
    );
    const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
    progress = closing(await connectProgress({ url: system.redisUrl, logger }));
  });

  const reports = async () => (await progress.ops.healthHistory(100)) as Report[];
  const told = () =>
    receiver.bodies() as { severity: string; code: string; message: string; resolved?: boolean }[];

  it('is critical and told when services are missing', async () => {
    await receiver.waitForRequests(1, 20_000);
    expect(told()[0]).toMatchObject({ severity: 'critical', code: 'health' });
    for (const missing of ['gateway', 'batch-orchestrator', 'model-worker']) {
      expect(told()[0]?.message).toContain(`No process of ${missing} is alive`);
    }
    // it is told before it is kept
    const report = await waitFor(async () => (await reports())[0], { what: 'the report' });
    expect(report.status).toBe('critical');
    expect(report.reasons.map(({ code }) => code)).toContain('service_missing');
  });

  it('system_health_check: measures disk, memory, Redis, queues and their consumers, clocks, the work', async () => {
    const [report] = await reports();
    expect(report?.facts.redis).toMatchObject({ lastSaveOk: true });
    expect(report?.facts.redis.clients).toBeGreaterThan(0);
    expect(report?.facts.redis.maxClients).toBeGreaterThan(report?.facts.redis.clients ?? 0);
    expect(report?.facts.work).toMatchObject({ openDeadLetters: 0, oldestWaitingS: null });
    expect(Math.abs(report?.facts.fleet.worstClock?.skewMs ?? 0)).toBeLessThan(5_000);
    expect(report?.facts.rabbitmq.consumers).toMatchObject({
      'alert-service.alert.send': 1,
      'model-worker.model.generate.high': 0,
    });
    expect(report?.facts.disk.usedPercent).toBeGreaterThan(0);
    expect(report?.facts.memory.usedPercent).toBeGreaterThan(0);
    expect(report?.facts.rabbitmq.ready).toMatchObject({ 'model-worker.model.generate.high': 0 });
  });

  it('is over, and told, when all live again', async () => {
    await Promise.all(
      services.filter((service) => !own.includes(service)).map((service) => system.add(service)),
    );
    const over = await waitFor(() => told().find(({ resolved }) => resolved === true), {
      what: 'the end of it',
    });
    expect(over).toMatchObject({ severity: 'info', code: 'health', resolved: true });
    await waitFor(async () => (await reports())[0]?.status === 'healthy', { what: 'its report' });
    expect((await reports())[0]).toMatchObject({ status: 'healthy', reasons: [] });
    // critical checks in between were repeats
    expect(told().filter(({ severity }) => severity === 'critical')).toHaveLength(1);
  });

  it('ran once for each tick', async () => {
    const before = (await reports()).length;
    await waitFor(async () => (await reports()).length >= before + 2);
    const ticks = (await reports()).map(({ tick }) => tick);
    expect(new Set(ticks).size).toBe(ticks.length);
    // two may be under way at once, and the later one kept first
    const isGapless = async (): Promise<boolean> => {
      const numbers = (await reports())
        .flatMap(({ tick }) => /^tick:health-check:(\d+)$/.exec(tick)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => a - b);
      return numbers.every((n, i) => i === 0 || n === (numbers[i - 1] ?? 0) + 1);
    };
    await waitFor(isGapless, { what: 'every tick' });
  });

  it('shows the queue lengths on one of them', async () => {
    const texts = await Promise.all(
      system
        .processes('maintenance-worker')
        .map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
    );
    const showing = texts.filter((text) =>
      text.includes('image2model_queue_length{queue="alert-service.alert.send"}'),
    );
    expect(showing).toHaveLength(1);
    expect(showing[0]).toContain('image2model_queue_length{queue="alert-service.alert.send.dead"} 0');
  });

  it('goes on when one of the two dies', async () => {
    await system.kill('maintenance-worker', 0);
    const before = (await reports())[0]?.tick;
    await waitFor(async () => (await reports())[0]?.tick !== before, { what: 'a check by the other one' });
    await system.kill('maintenance-worker', 1, 'SIGTERM');
    expect(system.processes('maintenance-worker')[1]?.exit).toEqual({ code: 0, signal: null });
  });
});
