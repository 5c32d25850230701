import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  closingAfterAll,
  defaultFalKey,
  newApiKey,
  photo,
  publishBytes,
  startFalStandIn,
  startReceiver,
  startSystem,
  waitFor,
  type Receiver,
  type System,
} from '@image2model/testing';
import { i2m, said, startI2m, type Ended, type I2mOptions } from './support/run-i2m';

const closing = closingAfterAll();
let system: System;
let alerts: Receiver;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'i2m-cli-ops-'));
  closing({ close: () => rm(home, { recursive: true, force: true }) });
  alerts = closing(await startReceiver());
  const fal = closing(await startFalStandIn({ faces: 60, duration: { kind: 'fixed', ms: 50 } }));
  system = closing(
    await startSystem({
      env: {
        FAL_KEY: defaultFalKey,
        FAL_ORIGIN: fal.origin,
        I2M_NOOP_MS: '20',
        ALERT_WEBHOOK_URL: alerts.url,
      },
    }),
  );
});

const run = (args: readonly string[], options: I2mOptions = {}): Promise<Ended> =>
  i2m(args, { ...options, env: { I2M_URL: system.gatewayUrl, I2M_API_KEY: system.apiKey, ...options.env } });
/** A command that ends well; its table is looked at by eye and here by what must be in it. */
const text = async (...args: string[]): Promise<string> => {
  const ended = await run(args);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
};
const json = async (...args: string[]): Promise<unknown> => JSON.parse(await text(...args, '--json'));

test('batches: list, show, watch, pause, resume, cancel, retry, audit', async () => {
  expect(await text('batches', 'list')).toContain('There is no batch');
  // so that it is still there when it is to be paused
  await text('lanes', 'pause', 'low');
  const { id } = await system.client.createNoopBatch(200, { name: 'shoes', priority: 'low' });
  expect(await json('batches', 'pause', id)).toMatchObject([{ id, status: 'paused' }]);
  expect(await text('batches', 'show', id)).toMatch(/paused +shoes/);
  const watching = startI2m(['batches', 'watch', id], {
    env: { I2M_URL: system.gatewayUrl, I2M_API_KEY: system.apiKey },
  });
  expect(await json('batches', 'resume', id)).toMatchObject([{ id }]);
  await text('lanes', 'resume', 'low');
  expect(await watching.ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/file \d+ completed[\s\S]*200 of 200 completed/),
  });
  expect(await text('batches', 'list', '--status', 'completed')).toMatch(
    new RegExp(`${id} +completed +200/200`),
  );
  expect(await json('batches', 'show', id, '--status', 'completed')).toMatchObject({
    id,
    files: Array.from({ length: 200 }, (_, idx) => ({ idx, status: 'completed' })),
  });
  expect(await text('batches', 'audit', id)).toMatch(/counts +yes/);
  expect(await json('batches', 'retry', id, '--quote')).toMatchObject({ files: 0 });

  const other = await system.client.createNoopBatch(10_000);
  expect(await run(['batches', 'cancel', other.id])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--confirm'),
  });
  expect(await json('batches', 'cancel', other.id, '--confirm')).toMatchObject([{ id: other.id }]);
  expect(await run(['batches', 'watch', other.id, '--json'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"cancelled"'),
  });
  expect(await run(['batches', 'show', `bat_${'0'.repeat(32)}`])).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('not_found'),
  });
});

test('batches download: whole models and the manifest; again nothing is fetched', async () => {
  const bytes = await photo({ width: 96, height: 72 });
  const { id } = await system.client.createUploadBatch([{ name: 'cup.jpg', bytes }], { provider: 'fal' });
  await system.client.waitForTerminal(id);
  const out = join(home, 'models');
  expect(await json('batches', 'download', id, '--out', out)).toMatchObject({
    files: [{ idx: 0, fetched: true }],
  });
  expect((await readdir(out)).sort()).toEqual([expect.stringMatching(/cup\.glb$/), 'manifest.json']);
  expect(await json('batches', 'download', id, '--out', out)).toMatchObject({
    files: [{ idx: 0, fetched: false }],
  });
});

test('inspect active, reserved, registered, stats, queues and tasks', async () => {
  await waitFor(async () => (await text('workers', 'list')).split('\n').length > 5);
  const { id } = await system.client.createNoopBatch(20_000, { priority: 'low' });
  await waitFor(async () => (await text('inspect', 'active')).includes('model.generate'), {
    timeoutMs: 20_000,
  });
  expect(await json('inspect', 'reserved')).toEqual(
    expect.arrayContaining([expect.objectContaining({ service: 'model-worker' })]),
  );
  expect(await text('inspect', 'registered', '--service', 'model-worker')).toContain(
    'model-worker.model.generate.high',
  );
  expect(await text('inspect', 'stats')).toMatch(/WORKER +UP +MB/);
  expect(await json('inspect', 'stats', '--service', 'gateway')).toMatchObject([
    { service: 'gateway', rss_mb: expect.any(Number) },
  ]);
  expect(await text('inspect', 'queues')).toMatch(/model-worker\.model\.generate\.low +[\d,]+/);
  expect(await json('inspect', 'tasks', '--batch', id, '--limit', '3')).toMatchObject([
    { batch_id: id },
    { idx: 1 },
    { idx: 2 },
  ]);
  await text('batches', 'cancel', id, '--yes');
});

test('lanes, providers, workers, log-level: what is stopped says so, and goes on', async () => {
  expect(await json('lanes', 'pause', 'low', '--detail', 'too late')).toMatchObject({
    lane: 'low',
    paused: { detail: 'too late' },
  });
  expect(await text('lanes', 'list')).toMatch(/low +paused .*too late/);
  expect(await json('lanes', 'resume', 'low')).toMatchObject({ paused: null });
  expect(await run(['lanes', 'pause', 'fast'])).toMatchObject({ code: 4 });

  expect(await text('providers', 'pause', 'fal', '--detail', 'wrong prices')).toMatch(/fal +parked/);
  expect(await json('providers', 'list')).toMatchObject([
    { provider: 'fal', parked: { detail: 'wrong prices' } },
  ]);
  expect(await json('providers', 'resume', 'fal')).toMatchObject({ parked: null });

  const gateways = await json('workers', 'list', '--service', 'alert-service');
  expect(gateways).toMatchObject([{ service: 'alert-service', state: 'running' }]);
  const [{ id }] = gateways as [{ id: string }];
  expect(await run(['workers', 'drain', id])).toMatchObject({ code: 2 });
  expect(await text('workers', 'drain', id.slice(0, -2), '--then', 'idle', '--confirm')).toContain(
    'i2m workers resume',
  );
  await waitFor(async () => (await text('workers', 'list')).includes('drained'));
  expect(await text('workers', 'resume', id)).toContain('takes work again');
  await waitFor(async () => !(await text('workers', 'list')).includes('drained'));

  expect(await text('log-level', 'debug', '--service', 'gateway', '--minutes', '5')).toContain(
    'gateway is debug until',
  );
  expect(await text('log-level', 'default')).toContain('all services is default');
});

test('health, maintenance, alerts and events', async () => {
  const health = await run(['health', '--run', '--json']);
  expect(JSON.parse(health.stdout)).toMatchObject({
    status: expect.stringMatching(/healthy|degraded|critical/),
  });
  expect(health.code).toBe(health.stdout.includes('"healthy"') ? 0 : 1);
  expect((await run(['health', '--history'])).stdout).toContain('CHECKED');
  expect(await json('maintenance', 'health-check')).toMatchObject({ job: 'health-check' });
  expect(await run(['maintenance', 'clean-up'])).toMatchObject({ code: 2 });
  expect(await json('maintenance', 'clean-up', '--confirm')).toMatchObject({ job: 'clean-up' });
  expect(await text('maintenance', 'schedules')).toMatch(/clean-up/);

  const events = startI2m(['events', '--json'], {
    env: { I2M_URL: system.gatewayUrl, I2M_API_KEY: system.apiKey },
  });
  await said(events, /lane\.paused/);
  expect(await text('alerts', 'test', '--severity', 'warning')).toContain('on its way');
  await said(events, /alert\.sent/);
  events.kill('SIGINT');
  expect((await events.ended).code).toBe(130);
  await waitFor(() => alerts.bodies().some((body) => JSON.stringify(body).includes('"test"')));
  expect(await run(['alerts', 'test', '--severity', 'critical'])).toMatchObject({ code: 2 });
});

test('dead-letters list, show, redrive, discard; purge', async () => {
  await publishBytes(system.amqpUrl, 'tasks', 'alert.send', Buffer.from('{"not": "an envelope"}'));
  await publishBytes(system.amqpUrl, 'tasks', 'alert.send', Buffer.from('not JSON'));
  const [first, second] = (await waitFor(async () => {
    const open = (await json('dead-letters', 'list')) as { id: string }[];
    return open.length === 2 ? open : undefined;
  })) as [{ id: string }, { id: string }];
  expect(await text('dead-letters', 'list')).toContain('alert-service.alert.send');
  expect(await text('dead-letters', 'show', first.id)).toMatch(/reason +\w/);
  const body = join(home, 'wrong.json');
  await writeFile(body, 'still not JSON');
  expect(await run(['dead-letters', 'redrive', first.id, '--body', body])).toMatchObject({ code: 3 });
  expect(await text('dead-letters', 'redrive', first.id)).toContain('being redriven');
  expect(await json('dead-letters', 'discard', second.id, '--confirm')).toMatchObject({ state: 'discarded' });
  await waitFor(async () =>
    JSON.stringify(await json('dead-letters', 'show', first.id)).includes('"redriven"'),
  );
  expect(await json('dead-letters', 'redrive', '--all', '--confirm')).toMatchObject({
    count: expect.any(Number),
  });

  expect(await run(['purge', 'model-worker.model.generate.low'])).toMatchObject({ code: 2 });
  expect(await text('purge', 'model-worker.model.generate.low', '--confirm')).toMatch(
    /\d+ messages? dropped/,
  );
  expect(await run(['purge', 'no.such.queue', '--confirm'])).toMatchObject({ code: 4 });
});

test('doctor: a good set-up, a wrong key, no gateway, a folder that cannot be', async () => {
  const good = await run(['doctor', '--out', home, '--json']);
  const { findings } = JSON.parse(good.stdout) as { findings: { check: string; state: string }[] };
  expect(findings.filter(({ check, state }) => state === 'problem' && !check.startsWith('health'))).toEqual(
    [],
  );
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      'Node.js',
      'output folder',
      'gateway',
      'key',
      'scope',
      'versions',
      'services',
      'queues',
      'clock',
    ]),
  );
  const wrong = await run(['doctor'], { env: { I2M_API_KEY: newApiKey() } });
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/✗ key[\s\S]*→/) });
  const away = await run(['doctor', '--url', 'http://127.0.0.1:9']);
  expect(away).toMatchObject({ code: 1, stdout: expect.stringContaining('Cannot reach') });
  expect(await run(['batches', 'list', '--url', 'http://127.0.0.1:9'])).toMatchObject({ code: 3 });
});

test('config set, show, path: kept for the owner only, keys never shown, and never sent to another gateway', async () => {
  const env = { I2M_URL: '', I2M_API_KEY: '', XDG_CONFIG_HOME: home };
  await run(['config', 'set', 'url', system.gatewayUrl], { env });
  const set = await run(['config', 'set', 'key'], { env, stdin: `${system.apiKey}\n` });
  expect(set).toMatchObject({ code: 0 });
  const file = join(home, 'i2m/config.json');
  expect((await run(['config', 'path'], { env })).stdout.trim()).toBe(file);
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await readFile(file, 'utf8')).toContain(system.apiKey);
  const shown = await run(['config', 'show'], { env });
  expect(shown.stdout).toContain(system.apiKey.slice(0, 12));
  expect(shown.stdout + set.stdout).not.toContain(system.apiKey);
  expect(await run(['batches', 'list'], { env })).toMatchObject({ code: 0 });
  const elsewhere = await startReceiver();
  await run(['batches', 'list', '--url', elsewhere.url], { env });
  expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined();
  await elsewhere.close();
});
