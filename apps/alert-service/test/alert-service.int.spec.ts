import { randomUUID } from 'node:crypto';
import { connectBroker, type Broker } from '@image2model/broker';
import { alertSend, delayQueueName, messageDeadLettered, priorities, queues } from '@image2model/contracts';
import { createLogger } from '@image2model/service-kit';
import {
  closingAfterAll,
  startReceiver,
  startSystem,
  waitFor,
  type Receiver,
  type System,
} from '@image2model/testing';

const secret = 'T0K3N-of-the-chat-channel';
const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });

describe('the alert service', () => {
  let receiver: Receiver;
  let system: System;
  let broker: Broker;

  const closing = closingAfterAll();
  beforeAll(async () => {
    receiver = closing(await startReceiver());
    const env = { ALERT_WEBHOOK_URL: `${receiver.url}/hooks/${secret}?key=${secret}` };
    system = closing(await startSystem({ services: ['alert-service'], env }));
    broker = closing(await connectBroker({ url: system.amqpUrl, service: 'spec', logger }));
  });
  beforeEach(() => receiver.reply(() => 200));

  const tell = (
    code: string,
    over: { id?: string; severity?: 'warning' | 'critical'; resolved?: boolean } = {},
  ) => {
    const { id = randomUUID(), severity = 'warning', resolved = false } = over;
    const payload = { severity, code, message: `about ${code}`, resolved, details: {} };
    return broker.publish(alertSend, { id, payload }, { priority: priorities.alert });
  };
  const toldOf = (code: string) =>
    receiver.bodies().filter((body) => (body as { code: string }).code === code) as Record<string, unknown>[];
  const delayed = async (): Promise<number> => {
    const queueNames = queues.alertSend.delays.map((rung) => delayQueueName(rung, queues.alertSend.name));
    return (await Promise.all(queueNames.map((name) => broker.readyCount(name)))).reduce(
      (sum, ready) => sum + ready,
      0,
    );
  };
  const waiting = (count: number) =>
    waitFor(async () => (await delayed()) === count, { what: `${count} waiting` });
  const handled = (id: string, outcome: string) =>
    waitFor(() =>
      system
        .logs()
        .split('\n')
        .some((line) => line.includes(id) && line.includes(`"webhook":"${outcome}"`)),
    );

  it('posts each alert as JSON and writes it to its log', async () => {
    await tell('disk', { id: 'a-1', severity: 'critical' });
    await receiver.waitForRequests(1);
    expect(receiver.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(toldOf('disk')).toEqual([
      { id: 'a-1', severity: 'critical', code: 'disk', message: 'about disk' },
    ]);
    await handled('a-1', 'delivered');
    expect(system.logs()).toContain('alert: about disk');
  });

  it('delivers an id once and the same state of a code once, another state at once', async () => {
    await tell('health', { id: 'b-1', severity: 'critical' });
    await handled('b-1', 'delivered');
    await tell('health', { id: 'b-1', severity: 'critical' });
    await handled('b-1', 'known');
    await tell('health', { id: 'b-2', severity: 'critical' });
    await handled('b-2', 'repeat');
    await tell('health', { id: 'b-3', severity: 'critical', resolved: true });
    await handled('b-3', 'delivered');
    expect(toldOf('health').map(({ id, resolved }) => [id, resolved])).toEqual([
      ['b-1', undefined],
      ['b-3', true],
    ]);
  });

  it('tries again when the receiver is down or says no, and loses nothing', async () => {
    const codes = ['r-1', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6'];
    await receiver.down();
    for (const code of codes.slice(0, 3)) await tell(code, { id: code });
    await waitFor(() => system.logs().includes('dependency.alert_webhook'), { what: 'a failed delivery' });
    await waiting(3);
    receiver.reply(({ text }, index) => (index < seen + 3 && text.includes('"r-') ? 503 : 200));
    const seen = receiver.requests.length;
    await receiver.up();
    for (const code of codes.slice(3)) await tell(code, { id: code });
    await waitFor(() => codes.every((code) => system.logs().includes(`alert: about ${code}`)), {
      what: 'all in the log',
    });
    // the first retry waits 5 s or 60 s; some of six come early, and the others are safe in a delay queue
    const isThere = (code: string): boolean =>
      system.logs().includes(`"alertId":"${code}","code":"${code}","state":"warning","webhook":"delivered"`);
    await waitFor(() => codes.some(isThere), { timeoutMs: 75_000, what: 'a delivery after a failure' });
    await waitFor(async () => codes.filter(isThere).length + (await delayed()) === codes.length);
  });

  it('makes a warning of a dead letter, but not of its own', async () => {
    const payload = { deadLetterId: '5-0', queue: queues.generateHigh.name, reason: 'invalid_payload: gen' };
    await broker.publish(messageDeadLettered, { payload });
    await broker.publish(messageDeadLettered, { payload });
    await broker.publish(messageDeadLettered, {
      payload: { ...payload, deadLetterId: '6-0', queue: queues.alertSend.name },
    });
    await waitFor(() => system.logs().includes('a message of the alert service is a dead letter'));
    await handled('alert:dead-letter:5-0', 'known');
    expect(toldOf('dead_letter')).toEqual([
      expect.objectContaining({ id: 'alert:dead-letter:5-0', severity: 'warning' }),
    ]);
  });

  it('survives being killed while it delivers', async () => {
    receiver.reply(() => 'silence');
    const before = receiver.requests.length;
    await tell('outbox', { id: 'd-1' });
    await receiver.waitForRequests(before + 1);
    receiver.reply(() => 200);
    await system.restart('alert-service');
    await handled('d-1', 'delivered');
    expect(toldOf('outbox')).toHaveLength(2);
  });

  it('counts what it did, answers probes and keeps the webhook to itself', async () => {
    const { adminUrl } = system.processes('alert-service')[0] ?? { adminUrl: '' };
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/image2model_alerts_total\{severity="warning",channel="webhook"\} [1-9]/);
    expect(metrics).toMatch(/image2model_tasks_total\{task="alert.send",status="done"\} [1-9]/);
    expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
    await system.kill('alert-service', 0, 'SIGTERM');
    expect(system.processes('alert-service')[0]?.exit).toEqual({ code: 0, signal: null });
    expect(system.logs()).not.toContain(secret);
    await expect(fetch(`${adminUrl}/livez`)).rejects.toThrow();
  });
});
