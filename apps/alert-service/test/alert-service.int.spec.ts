import { randomUUID } from 'node:crypto';
import { connectBroker, type Broker } from '@image2model/broker';
import {
  alertDeliver,
  alertQueues,
  alertSend,
  messageDeadLettered,
  priorities,
  queues,
} from '@image2model/contracts';
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

const secret = 'T0K3N-of-the-chat-channel';
const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
const mostPerHour = 40;

describe('the alert service', () => {
  let webhook: Receiver;
  let slack: Receiver;
  let pagerduty: Receiver;
  let system: System;
  let broker: Broker;
  let progress: Progress;

  const closing = closingAfterAll();
  beforeAll(async () => {
    webhook = closing(await startReceiver());
    slack = closing(await startReceiver());
    pagerduty = closing(await startReceiver());
    const env = {
      ALERT_WEBHOOK_URL: `${webhook.url}/hooks/${secret}?key=${secret}`,
      ALERT_SLACK_URL: `${slack.url}/services/${secret}`,
      ALERT_PAGERDUTY_KEY: 'R0UT1NGKEY0123456789',
      ALERT_PAGERDUTY_URL: `${pagerduty.url}/v2/enqueue`,
      ALERT_MOST_PER_HOUR: String(mostPerHour),
    };
    system = closing(await startSystem({ services: ['alert-service'], env }));
    broker = closing(await connectBroker({ url: system.amqpUrl, service: 'spec', logger }));
    progress = closing(await connectProgress({ url: system.redisUrl, logger }));
  });
  beforeEach(() => [webhook, slack, pagerduty].forEach((receiver) => receiver.reply(() => 200)));

  const tell = (
    code: string,
    over: { id?: string; severity?: 'warning' | 'critical' | 'info'; resolved?: boolean } = {},
  ) => {
    const { id = randomUUID(), severity = 'warning', resolved = false } = over;
    const payload = { severity, code, message: `about ${code}`, resolved, details: {} };
    return broker.publish(alertSend, { id, payload }, { priority: priorities.alert });
  };
  const told = (receiver: Receiver, text: string) =>
    receiver.requests.filter((request) => request.text.includes(text));
  const toldOf = (code: string) =>
    webhook.bodies().filter((body) => (body as { code: string }).code === code) as Record<string, unknown>[];
  const logged = (...texts: string[]) =>
    waitFor(
      () =>
        system
          .logs()
          .split('\n')
          .some((line) => texts.every((text) => line.includes(text))),
      { what: texts.join(' ') },
    );
  const handled = (id: string, outcome: string) =>
    logged('alert handled', `"${id}"`, `"outcome":"${outcome}"`);

  it('send_alert at priority 10: posts each alert as JSON and writes it to its log', async () => {
    await tell('disk', { id: 'a-1', severity: 'critical' });
    await webhook.waitForRequests(1);
    expect(webhook.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(toldOf('disk')).toEqual([
      { id: 'a-1', severity: 'critical', code: 'disk', message: 'about disk' },
    ]);
    await logged('alert: about disk', '"level":"error"');
    expect(priorities.alert).toBe(10);
    expect(queues.alertSend.type).toBe('priority');
  });

  it('wakes somebody only when it is critical, and ends the incident it began', async () => {
    await tell('night', { id: 'n-1', severity: 'critical' });
    await tell('day', { id: 'n-2' });
    await waitFor(() => told(slack, 'about night').length === 1 && told(slack, 'about day').length === 1);
    await waitFor(() => told(pagerduty, '"trigger"').some(({ text }) => text.includes('"night"')));
    await tell('night', { id: 'n-3', severity: 'info', resolved: true });
    await waitFor(() => told(pagerduty, '"resolve"').length === 1);
    expect(told(pagerduty, '"night"').map(({ text }) => JSON.parse(text) as unknown)).toMatchObject([
      { event_action: 'trigger', dedup_key: 'night', payload: { severity: 'critical' } },
      { event_action: 'resolve', dedup_key: 'night' },
    ]);
    expect(told(pagerduty, 'about day')).toEqual([]);
  });

  it('delivers an id once and the same state once, another state at once', async () => {
    await tell('health', { id: 'b-1', severity: 'critical' });
    await handled('b-1', 'tell');
    await tell('health', { id: 'b-1', severity: 'critical' });
    await handled('b-1', 'known');
    await tell('health', { id: 'b-2', severity: 'critical' });
    await handled('b-2', 'repeat');
    await tell('health', { id: 'b-3', severity: 'critical', resolved: true });
    await tell('health', { id: 'b-4', severity: 'critical', resolved: true });
    await handled('b-4', 'repeat');
    await waitFor(() => toldOf('health').length === 2);
    expect(toldOf('health').map(({ id, resolved }) => [id, resolved])).toEqual([
      ['b-1', undefined],
      ['b-3', true],
    ]);
  });

  it('survives being killed while it delivers', async () => {
    webhook.reply(() => 'silence');
    const before = webhook.requests.length;
    await tell('outbox', { id: 'd-1' });
    await webhook.waitForRequests(before + 1);
    webhook.reply(() => 200);
    await system.restart('alert-service');
    // the try after the crash comes when the dead process's claim is over: the last test waits for it
  });

  it('tries a channel again that is down, and lets the others have it at once', async () => {
    await webhook.down();
    await tell('net', { id: 'r-1' });
    await waitFor(() => told(slack, 'about net').length === 1, { what: 'the alert at Slack' });
    await logged('an alert was not delivered', '"r-1"', '"channel":"webhook"');
    await webhook.up();
    await waitFor(() => toldOf('net').length === 1, { timeoutMs: 25_000, what: 'the later try' });
    expect(told(slack, 'about net')).toHaveLength(1);
    const { events } = await progress.opsEvents.tail(100);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['alert.sent', 'alert.failed']));
  });

  it('does not call a channel again before the time it asked for', async () => {
    slack.reply(() => ({ status: 429, headers: { 'retry-after': '600' } }));
    await tell('slow', { id: 's-1' });
    await logged('an alert was not delivered', '"s-1"', 'slack answered 429');
    slack.reply(() => 200);
    await tell('slower', { id: 's-2' });
    await logged('channel.waiting', 'deliver:slack:s-2');
    await waitFor(() => toldOf('slower').length === 1);
    expect(told(slack, 'about slower')).toEqual([]);
    await system.restart('alert-service'); // the gate is forgotten; the tests below use Slack again
  });

  it('gives up at once on what a channel calls invalid', async () => {
    pagerduty.reply(() => 400);
    await tell('odd', { id: 'o-1', severity: 'critical' });
    await logged('pagerduty refuses this alert with 400');
    await waitFor(() => toldOf('odd').length === 1);
  });

  it('makes a warning of a dead letter, but not of its own', async () => {
    const payload = { deadLetterId: '5-0', queue: queues.generateHigh.name, reason: 'invalid_payload: gen' };
    await broker.publish(messageDeadLettered, { payload });
    await broker.publish(messageDeadLettered, { payload });
    await broker.publish(messageDeadLettered, {
      payload: { ...payload, deadLetterId: '6-0', queue: alertQueues.slack.name },
    });
    await logged('an alert is a dead letter: it was not delivered');
    await handled('alert:dead-letter:5-0', 'known');
    await waitFor(() => toldOf('dead_letter').length === 1);
    expect(toldOf('dead_letter')).toMatchObject([{ id: 'alert:dead-letter:5-0', severity: 'warning' }]);
  });

  it('keeps back what is too much, but nothing critical, and sums it up when the hour is over', async () => {
    const hourMs = 3_600_000;
    const leftMs = hourMs - (Date.now() % hourMs);
    // the counts begin anew with every full hour
    if (leftMs < 120_000) await new Promise((resolve) => setTimeout(resolve, leftMs));
    const codes = Array.from({ length: mostPerHour + 5 }, (_, at) => `flood-${at}`);
    for (const code of codes) await tell(code, { id: code });
    await logged('alert kept back', '"channel":"webhook"');
    await tell('fire', { id: 'fire', severity: 'critical' });
    await waitFor(() => toldOf('fire').length === 1);
    expect(codes.filter((code) => toldOf(code).length > 0).length).toBeLessThan(mostPerHour);
    expect(toldOf('alerts_kept_back')).toEqual([]);

    const past = Date.now() - (Date.now() % hourMs) - hourMs;
    for (let at = 0; at < 7; at += 1) await progress.alerts.count('webhook', past, 'kept');
    const alert = { ...nothing, at: new Date(past).toISOString() };
    const payload = { channel: 'webhook' as const, alert, summaryOfMs: past };
    await broker.publish(alertDeliver, { id: 'sum', payload }, { queue: alertQueues.webhook });
    await broker.publish(alertDeliver, { id: 'sum', payload }, { queue: alertQueues.webhook });
    await waitFor(() => toldOf('alerts_kept_back').length > 0);
    expect(toldOf('alerts_kept_back')[0]?.['message']).toMatch(/^7 more alerts between/);
  });

  it('has delivered what the killed process left', async () => {
    await waitFor(() => toldOf('outbox').length === 2, {
      timeoutMs: 40_000,
      what: 'the try after the crash',
    });
    await logged('alert delivered', 'deliver:webhook:d-1');
  });

  it('counts what it did, answers probes and keeps the channels to itself', async () => {
    const { adminUrl } = system.processes('alert-service')[0] ?? { adminUrl: '' };
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/image2model_alerts_total\{severity="warning",channel="webhook"\} [1-9]/);
    expect(metrics).toMatch(/image2model_tasks_total\{task="alert.send",status="done"\} [1-9]/);
    expect(toldOf('alerts_kept_back')).toHaveLength(1);
    expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
    await system.kill('alert-service', 0, 'SIGTERM');
    expect(system.processes('alert-service')[0]?.exit).toEqual({ code: 0, signal: null });
    expect(system.logs()).not.toContain(secret);
    expect(system.logs()).not.toContain('R0UT1NGKEY0123456789');
    await expect(fetch(`${adminUrl}/livez`)).rejects.toThrow();
  });
});

const nothing = {
  id: 'x',
  severity: 'warning',
  code: 'x',
  fingerprint: 'x',
  message: 'x',
  resolved: false,
  details: {},
} as const;
