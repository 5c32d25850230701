import { connectProgress, type Progress } from '@image2model/progress';
import {
  closingAfterAll,
  createRedisDatabase,
  createVhost,
  startProxy,
  startReceiver,
  startSystem,
  waitFor,
  type Receiver,
  type System,
  type TcpProxy,
} from '@image2model/testing';

interface Told {
  id: string;
  severity: string;
  code: string;
  message: string;
  resolved?: boolean;
}
interface Report {
  status: string;
  checkedAt: string;
  reasons: { code: string }[];
}

const periodS = 2;
/** One period, the look that confirms, and what a failing server makes the probes wait for. */
const withinMs = (periodS + 1) * 1_000 + 12_000;

/** Users of Celery know this as system_health_check and send_alert. */
describe('health of the whole system, told to a real receiver', () => {
  const closing = closingAfterAll();
  let receiver: Receiver;
  let system: System;
  let rabbitmq: TcpProxy;
  let redis: TcpProxy;
  let progress: Progress;

  beforeAll(async () => {
    receiver = closing(await startReceiver());
    const [vhost, database] = [closing(await createVhost()), closing(await createRedisDatabase())];
    rabbitmq = closing(await startProxy(vhost.url));
    redis = closing(await startProxy(database.url));
    system = closing(
      await startSystem({
        env: {
          AMQP_URL: rabbitmq.url,
          REDIS_URL: redis.url,
          ALERT_WEBHOOK_URL: receiver.url,
          HEALTH_CHECK_INTERVAL_S: String(periodS),
          HEALTH_GRACE_S: '3',
        },
      }),
    );
    const logger = { warn: () => undefined, error: () => undefined };
    progress = closing(await connectProgress({ url: database.url, logger }));
    await isHealthy();
  });
  afterEach(async () => isHealthy());

  const latest = async () => (await progress.ops.lastHealth()) as Report | null;
  const isHealthy = () =>
    waitFor(async () => (await latest())?.status === 'healthy', { timeoutMs: 40_000, what: 'health' });
  const told = () => (receiver.bodies() as Told[]).filter(({ code }) => code === 'health');
  const checks = async () => ((await progress.ops.healthHistory(1_000)) as Report[]).length;

  /** One critical alert within a period; then, over further checks, no other; then one end of it. */
  async function outage(
    what: RegExp,
    { begin, end, seen }: { begin: () => unknown; end: () => unknown; seen: () => Promise<unknown> },
  ): Promise<void> {
    const before = told().length;
    await begin();
    await waitFor(() => told().length > before, {
      timeoutMs: withinMs,
      everyMs: 50,
      what: `news of ${what}`,
    });
    await seen();
    await end();
    await waitFor(() => told().some(({ resolved }, at) => at >= before && resolved === true), {
      timeoutMs: 60_000,
      what: `the end of ${what}`,
    });
    const since = await checks();
    await waitFor(async () => (await checks()) >= since + 1, { what: 'one more check' });
    const news = told().slice(before);
    expect(news.map(({ severity, resolved }) => [severity, resolved])).toEqual([
      ['critical', undefined],
      ['info', true],
    ]);
    expect(news[0]?.message).toMatch(what);
  }
  /** One more check that found the same. */
  const moreChecks = async (): Promise<void> => {
    const since = await checks();
    await waitFor(async () => (await checks()) >= since + 1, { timeoutMs: 40_000, what: 'one more check' });
    expect((await latest())?.status).toBe('critical');
  };
  const logs = (count: number, text: string) =>
    waitFor(() => system.logs().split(text).length > count, { timeoutMs: 40_000, what: text });

  it('is critical within a period when all workers of a service are away, told once, and once that it is over', async () => {
    await outage(/model-worker/, {
      begin: () => system.kill('model-worker'),
      end: () => system.restart('model-worker'),
      seen: moreChecks,
    });
  });

  it('is critical within a period when RabbitMQ is away, told once, and once that it is over', async () => {
    await outage(/RabbitMQ does not answer/, {
      begin: () => rabbitmq.cut(),
      end: () => rabbitmq.restore(),
      seen: moreChecks,
    });
  });

  it('is critical within a period when Redis is away, told once, and once that it is over', async () => {
    const text = '"health: critical"';
    const before = system.logs().split(text).length;
    await outage(/Redis does not answer/, {
      begin: () => redis.cut(),
      end: () => redis.restore(),
      seen: () => logs(before + 1, text),
    });
    expect(((await progress.ops.healthHistory(20)) as Report[]).map(({ status }) => status)).toContain(
      'critical',
    );
  });

  it('keeps the history, the metric and an event for each change', async () => {
    const history = (await progress.ops.healthHistory(1_000)) as Report[];
    const codes = new Set(history.flatMap(({ reasons }) => reasons.map(({ code }) => code)));
    expect([...codes]).toEqual(expect.arrayContaining(['service_missing', 'rabbitmq', 'redis']));
    const { adminUrl } = system.processes('maintenance-worker')[0] ?? { adminUrl: '' };
    expect(await (await fetch(`${adminUrl}/metrics`)).text()).toMatch(/image2model_health_status\S* 0/);
    const { events } = await progress.opsEvents.tail(1_000);
    const changes = events
      .filter(({ type }) => type === 'health.changed')
      .map(({ details }) => details['status']);
    // none could be kept while Redis was away
    expect(changes).toContain('critical');
    expect(changes.at(-1)).toBe('healthy');
  });

  it('i2m alerts test: an alert sent by hand arrives, a critical one only when it is confirmed', async () => {
    const ask = (body: unknown) =>
      system.client.request('POST', '/v1/ops/alerts:test', {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    expect((await ask({ severity: 'critical' })).status).toBe(422);
    expect((await ask({ severity: 'warning', message: 'Does anybody hear me?' })).status).toBe(202);
    expect((await ask({ severity: 'critical', confirm: true })).status).toBe(202);
    const tests = () => (receiver.bodies() as Told[]).filter(({ code }) => code === 'test');
    await waitFor(() => tests().length === 2);
    expect(
      tests()
        .map(({ severity }) => severity)
        .sort(),
    ).toEqual(['critical', 'warning']);
    expect(tests().some(({ message }) => message === 'Does anybody hear me?')).toBe(true);
  });
});
