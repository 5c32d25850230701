import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { batchSchema } from '@image2model/contracts';
import {
  closingAfterAll,
  createClient,
  newApiKey,
  photo,
  publishBytes,
  rawRedis,
  repoRoot,
  waitFor,
  type ReceivedRequest,
} from '@image2model/testing';
import { Webhook } from 'standardwebhooks';
import { signatureOf, startWebhookRig, type WebhookRig } from './support/webhook-rig.js';

let rig: WebhookRig;
const closing = closingAfterAll();
beforeAll(async () => {
  rig = closing(await startWebhookRig());
});
beforeEach(() => rig.receiver.reply(() => 200));

const first = async (path: string): Promise<ReceivedRequest> =>
  waitFor(() => rig.at(path)[0], { what: `a request to ${path}`, timeoutMs: 15_000, everyMs: 20 });
const idsOf = (requests: readonly ReceivedRequest[]): Set<unknown> =>
  new Set(requests.map(({ headers }) => headers['webhook-id']));
const inOpsEvents = (type: string, delivery: string): Promise<unknown> =>
  waitFor(
    async () => {
      const events = (await rawRedis(rig.system.redisUrl)('XRANGE', 'i2m:ops-events', '-', '+')) as unknown[];
      return events
        .map((event) => JSON.stringify(event))
        .some((text) => text.includes(type) && text.includes(delivery));
    },
    { what: `${type} of ${delivery}` },
  );
const headersOf = ({ headers }: ReceivedRequest): Record<string, string> =>
  Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );

describe('finalize_batch of the Celery design: whoever waits is notified', () => {
  test('a signed webhook, once a run although its event comes many times', async () => {
    const batch = await rig.run('/done?token=1', 3);
    const request = await first('/done?token=1');
    const { secret, previous_secret: previous } = await rig.secret();
    const told = new Webhook(secret).verify(request.text, headersOf(request)) as { data: unknown };
    expect(told).toMatchObject({ type: 'batch.completed', timestamp: batch['completed_at'] });
    const shown = await rig.system.client.getBatch(batch.id);
    expect(batchSchema.parse(told.data)).toEqual({ ...shown, webhook_url: `${rig.receiver.url}/done` });
    const signatures = String(request.headers['webhook-signature']).split(' ');
    expect(signatures).toEqual([signatureOf(secret, request), signatureOf(previous ?? '', request)]);

    const { run, status, completed_at: finishedAt } = shown;
    const counts = { total: 3, completed: 3, failed: 0, cancelled: 0 };
    const event = {
      ...{ id: `batch.completed:${batch.id}:1`, type: 'batch.completed', version: 1 },
      ...{ occurredAt: finishedAt, batchId: batch.id, payload: { run, status, finishedAt, ...counts } },
    };
    const copies = Array.from({ length: 5 }, () =>
      publishBytes(rig.system.amqpUrl, 'events', 'batch.completed', Buffer.from(JSON.stringify(event))),
    );
    await Promise.all(copies);
    const last = await rig.run('/after', 1);
    await rig.settled(last.id, 'delivered');
    expect(rig.at('/done?token=1')).toHaveLength(1);
    expect(await rig.settled(batch.id, 'delivered')).toMatchObject({
      ...{ id: request.headers['webhook-id'], event: 'batch.completed', url: `${rig.receiver.url}/done` },
      ...{ next_try_at: null, attempts: [{ status: 200, error: null }] },
    });
  });

  test.each([
    ['node', 'verify-webhook.mjs'],
    ['python3', 'verify_webhook.py'],
  ])('the example for %s accepts a real one, and nothing else', async (program, file) => {
    const path = `/example/${program}`;
    await rig.run(path);
    const request = await first(path);
    const { secret } = await rig.secret();
    const verify = (body: string): string => {
      const input = JSON.stringify({ secret, headers: headersOf(request), body });
      const script = join(repoRoot(), 'docs/examples', file);
      return execFileSync(program, [script], { input, stdio: ['pipe', 'pipe', 'ignore'] }).toString();
    };
    expect(verify(request.text)).toBe('batch.completed\n');
    expect(() => verify(`${request.text} `)).toThrow();
    const page = readFileSync(join(repoRoot(), 'docs/webhooks.md'), 'utf8');
    expect(page).toContain(readFileSync(join(repoRoot(), 'docs/examples', file), 'utf8').trim());
  });
});

test('progress callback per file of the Celery design: each file is told once', async () => {
  const events = ['batch.completed', 'file.completed'];
  const batch = await rig.run('/files', 30, { webhook_events: events });
  await waitFor(() => rig.at('/files').length >= 31, { what: '31 webhooks', timeoutMs: 20_000 });
  const told = rig
    .at('/files')
    .map(({ text }) => JSON.parse(text) as { type: string; data: { idx?: number } });
  expect(idsOf(rig.at('/files')).size).toBe(31);
  expect(told.filter(({ type }) => type === 'batch.completed')).toHaveLength(1);
  const files = told.filter(({ type }) => type === 'file.completed').map(({ data }) => data);
  expect(files.map(({ idx }) => idx).sort((a = 0, b = 0) => a - b)).toEqual([...Array(30).keys()]);
  expect(files[0]).toMatchObject({ batch_id: batch.id, status: 'completed', name: null, model: null });
  expect(await rig.deliveries(batch.id)).toHaveLength(31);
});

test('a form may ask for files too: what was refused at the door is told with its name and its error', async () => {
  const files = [
    { name: 'good.png', bytes: await photo({ width: 64, height: 64, format: 'png' }), type: 'image/png' },
    { name: 'bad.png', bytes: Buffer.from('no image'), type: 'image/png' },
  ];
  const fields = { webhook_url: `${rig.receiver.url}/form`, webhook_events: 'file.failed, file.cancelled' };
  const batch = await rig.system.client.createUploadBatch(files, { provider: 'noop', ...fields });
  expect(batch['webhook_events']).toEqual(['file.failed', 'file.cancelled']);
  const told = JSON.parse((await first('/form')).text) as { data: { error: { code: string } } };
  expect(told).toMatchObject({ type: 'file.failed', data: { idx: 1, name: 'bad.png', status: 'failed' } });
  expect(told.data.error.code).toMatch(/^input\./);
  await rig.settled(batch.id, 'delivered');
});

describe('an endpoint that fails', () => {
  test('is tried again under the same id, given up in the end, and served by a redelivery', async () => {
    let left = 2;
    rig.receiver.reply(({ path }) => (path === '/flaky' && left-- > 0 ? 500 : 200));
    const flaky = await rig.settled((await rig.run('/flaky')).id, 'delivered');
    expect(flaky.attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
    expect(idsOf(rig.at('/flaky')).size).toBe(1);

    rig.receiver.reply(() => 302);
    const batch = await rig.run('/moved');
    const failed = await rig.settled(batch.id, 'failed');
    expect(failed.attempts).toHaveLength(3);
    expect(failed.attempts[0]?.error).toMatch(/302; redirects are not followed/);
    await inOpsEvents('delivery.failed', failed.id);
    rig.receiver.reply(() => 200);
    expect(await rig.redeliver(batch.id, failed.id)).toBe(202);
    expect((await rig.settled(batch.id, 'delivered')).attempts).toHaveLength(4);
    expect(idsOf(rig.at('/moved'))).toEqual(new Set([failed.id]));
  });

  test('is disabled with an alert when it is gone; a redelivery that works enables it', async () => {
    rig.receiver.reply(({ path }) => (path === '/gone' ? 410 : 200));
    const batch = await rig.run('/gone');
    const gone = await rig.settled(batch.id, 'disabled');
    await waitFor(() =>
      rig.alerts.bodies().some((alert) => JSON.stringify(alert).includes('webhook_disabled')),
    );
    await inOpsEvents('endpoint.disabled', gone.id);
    const next = await rig.settled((await rig.run('/gone')).id, 'disabled');
    expect(next.attempts).toEqual([]);
    expect(rig.at('/gone')).toHaveLength(1);

    rig.receiver.reply(() => 200);
    await rig.redeliver(batch.id, gone.id);
    await rig.settled(batch.id, 'delivered');
    await rig.settled((await rig.run('/gone')).id, 'delivered');
  });

  test('is disabled after three days without one success', async () => {
    const redis = rawRedis(rig.system.redisUrl);
    const endpoints = async (): Promise<string[]> =>
      (await redis('KEYS', 'i2m:webhook-endpoint:*')) as string[];
    const before = new Set(await endpoints());
    rig.receiver.reply(({ path }) => (path === '/weak' ? 503 : 200));
    const batch = await rig.run('/weak');
    const failed = await rig.settled(batch.id, 'failed');
    const [key = ''] = (await endpoints()).filter((one) => !before.has(one));
    const ago = (hours: number): string => String(Date.now() - hours * 3_600_000);
    await redis('HSET', key, 'failing_since', ago(71.9));
    await rig.redeliver(batch.id, failed.id);
    const tries = async (): Promise<number> => (await rig.deliveries(batch.id))[0]?.attempts.length ?? 0;
    await waitFor(async () => (await tries()) >= 4, { everyMs: 20 });
    await redis('HSET', key, 'failing_since', ago(72.1));
    // the next try; on a busy machine one more may have been made before
    expect((await rig.settled(batch.id, 'disabled')).attempts.length).toBeGreaterThan(4);
  });

  test('does not hold up another one', async () => {
    const { client } = rig.system;
    const fields = { webhook_url: `${rig.silent.url}/x`, webhook_events: ['file.completed'] };
    await client.waitForTerminal((await client.createNoopBatch(36, fields)).id);
    await rig.silent.waitForRequests(4);
    await rig.settled((await rig.run('/quick')).id, 'delivered');
    // four of 36 every 2 s: most are still to come
    expect(rig.silent.requests.length).toBeLessThan(20);
  });
});

test('a delivery whose message was lost is found again', async () => {
  const redis = rawRedis(rig.system.redisUrl);
  const batch = await rig.run('/lost');
  const { id } = await rig.settled(batch.id, 'delivered');
  const again = ['state', 'pending', 'ladder', 2, 'tried', 0, 'next_at', 0] as const;
  await redis('HSET', `i2m:{${batch.id}}:d:${id}`, ...again);
  await redis('ZADD', 'i2m:deliveries-due', 0, id);
  await waitFor(() => rig.at('/lost').length === 2, { what: 'the sweep', timeoutMs: 10_000 });
  expect((await rig.settled(batch.id, 'delivered')).attempts).toHaveLength(2);
  await waitFor(async () => (await redis('ZSCORE', 'i2m:deliveries-due', id)) === null);
});

test('killed in the middle of a delivery it says the same again, under the same id', async () => {
  rig.receiver.reply(({ path }) => (path === '/killed' ? 'silence' : 200));
  const batch = await rig.run('/killed');
  await first('/killed');
  await rig.system.kill('alert-service');
  rig.receiver.reply(() => 200);
  await rig.system.restart('alert-service');
  expect((await rig.settled(batch.id, 'delivered')).attempts).toHaveLength(1);
  expect(rig.at('/killed')).toHaveLength(2);
  expect(idsOf(rig.at('/killed')).size).toBe(1);
  expect(new Set(rig.at('/killed').map(({ text }) => text)).size).toBe(1);
});

describe('whoever sends a URL', () => {
  test('cannot have this machine asked, however it is spelled', async () => {
    const { port } = new URL(rig.alerts.url);
    const asked = [
      '127.0.0.1',
      'localhost',
      '0x7f000001',
      '2130706433',
      '[::1]',
      '[::ffff:7f00:1]',
      '0.0.0.0',
    ];
    for (const host of asked) {
      for (const url of [`http://${host}/`, `http://${host}:${port}/`]) {
        const body = JSON.stringify({ provider: 'noop', count: 1, webhook_url: url });
        const headers = { 'content-type': 'application/json' };
        const answer = await rig.system.client.request('POST', '/v1/batches', { body, headers });
        expect([url, answer.status]).toEqual([url, 422]);
        expect(answer.body).toMatchObject({ errors: [{ path: 'webhook_url' }] });
      }
    }
  });

  test('cannot do it by a name that leads here when it is delivered', async () => {
    const { client } = rig.system;
    const batch = await client.createNoopBatch(1, { webhook_url: `http://${hostname()}:8080/` });
    const failed = await rig.settled(batch.id, 'failed');
    expect(failed.attempts[0]).toMatchObject({
      status: null,
      error: expect.stringMatching(/does not lead to public addresses only|name was not found/),
    });
  });

  test('sees neither deliveries nor secrets of others', async () => {
    const batch = await rig.run('/mine');
    const { id } = await rig.settled(batch.id, 'delivered');
    const stranger = createClient(rig.system.gatewayUrl, newApiKey());
    expect((await stranger.request('GET', '/v1/webhooks/secret')).status).toBe(401);
    expect(await rig.redeliver(batch.id, id.replace(/.$/, '9'))).toBe(404);
    expect(await rig.redeliver((await rig.run('/mine')).id, id)).toBe(404);
  });
});
