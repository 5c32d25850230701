import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  type FalStandIn,
  type Receiver,
  type System,
} from '@image2model/testing';
import { i2m, startI2m, type Ended, type I2mOptions } from './support/run-i2m';

/** The flags that the walks through the commands do not need. */
const closing = closingAfterAll();
let system: System;
let fal: FalStandIn;
let alerts: Receiver;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'i2m-cli-flags-'));
  closing({ close: () => rm(home, { recursive: true, force: true }) });
  alerts = closing(await startReceiver());
  fal = closing(await startFalStandIn({ faces: 60, duration: { kind: 'fixed', ms: 50 } }));
  const env = { FAL_KEY: defaultFalKey, FAL_ORIGIN: fal.origin, ALERT_WEBHOOK_URL: alerts.url };
  system = closing(await startSystem({ env }));
});

const credentials = (): Record<string, string> => ({
  I2M_URL: system.gatewayUrl,
  I2M_API_KEY: system.apiKey,
});
const run = (args: readonly string[], options: I2mOptions = {}): Promise<Ended> =>
  i2m(args, { env: credentials(), ...options });
const text = async (...args: string[]): Promise<string> => {
  const ended = await run(args);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
};
const json = async (...args: string[]): Promise<unknown> => JSON.parse(await text(...args, '--json'));
const ids = async (...args: string[]): Promise<string[]> =>
  ((await json(...args)) as { id: string }[]).map(({ id }) => id);

test('generate: what is wished for is sent; what the gateway lost is sent again only with --resend-lost', async () => {
  const [dir, out] = [join(home, 'shoes'), join(home, 'models')];
  await mkdir(join(dir, 'left'), { recursive: true });
  for (const [seed, name] of ['right.jpg', 'left/left.jpg'].entries())
    await writeFile(join(dir, name), await photo({ seed, width: 96, height: 72 }));
  const endpoint = 'tripo3d/tripo/v2.5/image-to-3d';
  const generate = (...more: string[]): Promise<Ended> =>
    run([
      ...[
        'generate',
        dir,
        '--out',
        out,
        '--recursive',
        '--budget',
        '5',
        '--name',
        'pairs',
        '--json',
        ...more,
      ],
      ...['--provider', 'fal', '--endpoint', endpoint, '--texture', 'HD', '--face-limit', '400'],
    ]);
  expect(await generate()).toMatchObject({ code: 0 });
  const [id = ''] = await ids('batches', 'list');
  expect(await system.client.getBatch(id)).toMatchObject({
    ...{ name: 'pairs', provider: 'fal', total_files: 2, cost: { budget_usd: 5 } },
    settings: { endpoint, texture: 'HD', face_limit: 400 },
  });
  await system.client.request('DELETE', `/v1/batches/${id}`);
  await rm(join(out, 'right.glb'));
  const bought = fal.ledger().length;
  expect(await generate()).toMatchObject({ code: 4, stderr: expect.stringContaining('batches_lost') });
  expect(fal.ledger()).toHaveLength(bought);
  expect(await generate('--resend-lost')).toMatchObject({ code: 0 });
  expect(fal.ledger()).toHaveLength(bought + 1);
});

test('batches: --limit, --all, --code', async () => {
  const { id } = await system.client.createNoopBatch(60);
  expect(await ids('batches', 'list', '--limit', '1')).toEqual([id]);
  await system.client.waitForTerminal(id);
  expect(await text('batches', 'show', id)).toContain('… and 10 more: --all');
  expect(await text('batches', 'show', id, '--all')).not.toContain('more: --all');

  const bad = await system.client.createUploadBatch([
    { name: 'good.jpg', bytes: await photo({ width: 96, height: 72 }) },
    { name: 'bad.jpg', bytes: Buffer.from('no image') },
  ]);
  await system.client.waitForTerminal(bad.id);
  const files = await system.client.listFiles(bad.id);
  const { code } = files[1]?.['error'] as { code: string };
  expect(await json('batches', 'retry', bad.id, '--quote', '--code', code)).toMatchObject({ files: 1 });
  expect(await run(['batches', 'retry', bad.id, '--quote', '--code', 'poison'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(code),
  });
  expect(await json('inspect', 'tasks', '--state', 'failed', '--batch', bad.id)).toMatchObject([{ idx: 1 }]);
});

test('inspect: --service, --all', async () => {
  const services = async (what: string, service: string): Promise<unknown[]> =>
    ((await json('inspect', what, '--service', service)) as { service?: string }[]).map((row) => row.service);
  await waitFor(async () => (await services('reserved', 'gateway')).length === 1, { what: 'the gateway' });
  expect(await json('inspect', 'reserved', '--service', 'model-worker')).toMatchObject([
    { service: 'model-worker' },
  ]);
  expect(await json('inspect', 'active', '--service', 'gateway')).toEqual([]);
  const empty = 'delay.5s.model-worker.model.generate.high';
  expect(await text('inspect', 'queues')).not.toContain(empty);
  expect(await text('inspect', 'queues', '--all')).toContain(empty);
});

test('dead-letters: --state, --queue, --limit; redrive and discard of all that are of a queue or a reason', async () => {
  const [alertQueue, lane] = ['alert-service.alert.send', 'model-worker.model.generate.low'];
  for (const [key, body] of [
    ['alert.send', '[]'],
    ['alert.send', 'no JSON'],
    ['model.generate.low', 'no JSON'],
  ] as const)
    await publishBytes(system.amqpUrl, 'tasks', key, Buffer.from(body));
  await waitFor(async () => (await ids('dead-letters', 'list')).length === 3, { what: 'three dead letters' });
  expect(await ids('dead-letters', 'list', '--limit', '2')).toHaveLength(2);
  const [first = ''] = await ids('dead-letters', 'list', '--queue', lane);
  const redrive = (reason: string): Promise<unknown> =>
    json('dead-letters', 'redrive', '--all', '--confirm', '--queue', lane, '--reason', reason);
  expect(await redrive('poison')).toEqual({ count: 0 });
  expect(await redrive('not_json')).toEqual({ count: 1 });
  await waitFor(async () => (await ids('dead-letters', 'list', '--state', 'redriven')).includes(first));
  await waitFor(async () => (await ids('dead-letters', 'list', '--queue', lane)).length === 1, {
    what: 'what died again',
  });
  expect(await json('dead-letters', 'discard', '--all', '--queue', alertQueue, '--confirm')).toEqual({
    count: 2,
  });
  expect(await ids('dead-letters', 'list', '--state', 'discarded')).toHaveLength(2);
  expect(await ids('dead-letters', 'list')).toHaveLength(1);
});

test('events: --from, --for, --files', async () => {
  const heard = async (from: string): Promise<{ event: string; id?: string }[]> =>
    (await text('events', '--json', '--from', from, '--for', '3'))
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const all = await heard('0-0');
  expect(all.map(({ event }) => event)).toContain('worker.started');
  const [older, last] = all.slice(-2);
  expect((await heard(older?.id ?? ''))[0]).toEqual(last);

  const following = startI2m(['events', '--files', '--from', last?.id ?? ''], { env: credentials() });
  await waitFor(async () => {
    const { id } = await system.client.createNoopBatch(1);
    await system.client.waitForTerminal(id);
    return following.stdout().includes('file.completed');
  });
  following.kill('SIGTERM');
  expect((await following.ended).code).toBe(130);
});

test('--config, --profile, --key, --url and --version', async () => {
  const config = join(home, 'other.json');
  const profiles = {
    there: { url: system.gatewayUrl, key: system.apiKey },
    stranger: { url: system.gatewayUrl, key: newApiKey() },
  };
  await writeFile(config, JSON.stringify({ default_profile: 'stranger', profiles }), { mode: 0o600 });
  const asked = (...flags: string[]): Promise<Ended> =>
    run(['batches', 'list', '--config', config, ...flags], { env: {} });
  expect(await asked()).toMatchObject({ code: 3 });
  expect(await asked('--profile', 'there')).toMatchObject({ code: 0 });
  expect(await asked('--profile', 'elsewhere')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there, stranger'),
  });
  expect(await asked('--url', system.gatewayUrl)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('key'),
  });
  expect(await asked('--url', system.gatewayUrl, '--key', system.apiKey)).toMatchObject({ code: 0 });
  expect((await run(['--version'], { env: {} })).stdout).toMatch(/^\d+\.\d+\.\d+/);
});

test('alerts test and maintenance clean-up: what may wake somebody or deletes early is confirmed', async () => {
  expect(await run(['alerts', 'test', '--severity', 'critical'])).toMatchObject({ code: 2 });
  await text('alerts', 'test', '--severity', 'critical', '--message', 'fire drill', '--confirm');
  await waitFor(() => alerts.bodies().some((body) => JSON.stringify(body).includes('fire drill')));
  expect(JSON.stringify(alerts.bodies())).toContain('"severity":"critical"');

  expect(await run(['maintenance', 'clean-up', '--emergency'])).toMatchObject({ code: 2 });
  expect(await json('maintenance', 'clean-up', '--emergency', '--confirm')).toMatchObject({
    job: 'emergency-clean-up',
  });
});
