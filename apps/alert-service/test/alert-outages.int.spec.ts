import { randomUUID } from 'node:crypto';
import { connectBroker, type Broker } from '@image2model/broker';
import { alertSend, type Severity } from '@image2model/contracts';
import { connectProgress, type Progress } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
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

const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });

describe('alerts while a server is away', () => {
  let webhook: Receiver;
  let slack: Receiver;
  let system: System;
  let rabbitmq: TcpProxy;
  let redis: TcpProxy;
  let broker: Broker;
  let progress: Progress;

  const closing = closingAfterAll();
  beforeAll(async () => {
    webhook = closing(await startReceiver());
    slack = closing(await startReceiver());
    const [vhost, database] = [closing(await createVhost()), closing(await createRedisDatabase())];
    rabbitmq = closing(await startProxy(vhost.url));
    redis = closing(await startProxy(database.url));
    const env = {
      AMQP_URL: rabbitmq.url,
      REDIS_URL: redis.url,
      ALERT_WEBHOOK_URL: webhook.url,
      ALERT_SLACK_URL: slack.url,
    };
    system = closing(await startSystem({ services: ['alert-service'], env }));
    broker = closing(await connectBroker({ url: vhost.url, service: 'spec', logger }));
    progress = closing(await connectProgress({ url: database.url, logger }));
  });

  const alert = (code: string, over: { id?: string; severity?: Severity; resolved?: boolean } = {}) => {
    const { id = randomUUID(), severity = 'critical', resolved = false } = over;
    return {
      id,
      occurredAt: new Date().toISOString(),
      payload: { severity, code, message: `about ${code}`, resolved, details: {} },
    };
  };
  const tell = (...about: Parameters<typeof alert>) => broker.publish(alertSend, alert(...about));
  const post = (...about: Parameters<typeof alert>) =>
    progress.alerts.post({ kind: 'alert', ...alert(...about) });
  const toldOf = (receiver: Receiver, code: string) =>
    receiver.requests.filter(({ text }) => text.includes(`about ${code}`)).length;
  const logged = (...texts: string[]) =>
    waitFor(
      () =>
        system
          .logs()
          .split('\n')
          .some((line) => texts.every((text) => line.includes(text))),
      { what: texts.join(' ') },
    );

  it('come through Redis while RabbitMQ is away, once, by whatever ways', async () => {
    rabbitmq.cut();
    await logged('no broker connection');
    await post('rabbit', { id: 'p-1' });
    await waitFor(() => toldOf(webhook, 'rabbit') === 1 && toldOf(slack, 'rabbit') === 1);
    await post('rabbit', { id: 'p-1' });
    await post('rabbit', { id: 'p-2' });
    await waitFor(async () => (await progress.alerts.posted(10)).length === 0, { what: 'an empty outbox' });
    rabbitmq.restore();
    await tell('rabbit', { id: 'p-1' });
    await tell('rabbit', { id: 'p-3', severity: 'info', resolved: true });
    await waitFor(() => toldOf(webhook, 'rabbit') === 2 && toldOf(slack, 'rabbit') === 2);
    expect(webhook.bodies()).toMatchObject([{ id: 'p-1' }, { id: 'p-3', resolved: true }]);
  });

  it('wait in Redis for a channel that is down too; the others have them at once', async () => {
    rabbitmq.cut();
    await waitFor(() => system.logs().split('no broker connection').length > 3);
    await slack.down();
    await post('both', { id: 'w-1' });
    await waitFor(() => toldOf(webhook, 'both') === 1);
    const rows = await waitFor(async () => {
      const found = await progress.alerts.posted(10);
      return found.length === 1 && found[0]?.row.kind === 'delivery' && found;
    });
    expect(rows).toMatchObject([{ row: { kind: 'delivery', payload: { channel: 'slack' } } }]);
    await slack.up();
    rabbitmq.restore();
    await waitFor(() => toldOf(slack, 'both') === 1, { what: 'the delivery after the outage' });
    await waitFor(async () => (await progress.alerts.posted(10)).length === 0);
    expect(toldOf(webhook, 'both')).toBe(1);
  });

  it('are told once while Redis is away, and their end once when it is back', async () => {
    redis.cut();
    await tell('redis', { id: 'm-1' });
    await waitFor(() => toldOf(webhook, 'redis') === 1);
    await tell('redis', { id: 'm-2' });
    await tell('redis', { id: 'm-1' });
    await logged('"alertId":"m-2"', '"outcome":"repeat"');
    redis.restore();
    await waitFor(async () => (await fetch(`${system.processes()[0]?.adminUrl}/readyz`)).ok);
    await tell('redis', { id: 'm-3' });
    await logged('"alertId":"m-3"', '"outcome":"repeat"');
    await tell('redis', { id: 'm-4', severity: 'info', resolved: true });
    await waitFor(() => toldOf(webhook, 'redis') === 2);
    expect(webhook.bodies().slice(-1)).toMatchObject([{ id: 'm-4', resolved: true }]);
  });

  it('are told once by each of two services at most while Redis is away, and their end once when it is back', async () => {
    await system.add('alert-service');
    const services = system.processes('alert-service');
    redis.cut();
    const ids = Array.from({ length: 10 }, (_, n) => `r-${n}`);
    for (const id of ids) await tell('twins', { id });
    for (const id of ids) await logged('alert handled', `"alertId":"${id}"`);
    // both had some of them to decide about, and neither could ask the other
    for (const { output } of services) expect(output()).toMatch(/alert handled.*"alertId":"r-\d"/);
    await waitFor(() => toldOf(webhook, 'twins') > 0 && toldOf(slack, 'twins') > 0);
    redis.restore();
    await waitFor(async () =>
      (await Promise.all(services.map(({ adminUrl }) => fetch(`${adminUrl}/readyz`)))).every(({ ok }) => ok),
    );
    await tell('twins', { id: 'r-10' });
    await logged('"alertId":"r-10"', '"outcome":"repeat"');
    await tell('twins', { id: 'r-11', severity: 'info', resolved: true });
    const ended = (): boolean => webhook.bodies().some((body) => (body as { id: string }).id === 'r-11');
    await waitFor(() => ended() && toldOf(slack, 'twins') >= 2);
    for (const receiver of [webhook, slack]) {
      const told = toldOf(receiver, 'twins');
      expect(told).toBeGreaterThanOrEqual(2);
      expect(told).toBeLessThanOrEqual(services.length + 1);
    }
  });
});
