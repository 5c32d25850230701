import { deadLetterListSchema, queues, services, type DeadLetterView } from '@image2model/contracts';
import {
  closingAfterAll,
  followBatch,
  photo,
  publishBytes,
  waitFor,
  type AppProcess,
  type BatchView,
} from '@image2model/testing';
import { forbiddenOf } from './support/forbidden.js';
import { operatorOf } from './support/operator.js';
import { startRightsRig, type RightsRig } from './support/rights-rig.js';

const closing = closingAfterAll();
let rig: RightsRig;
let apps: AppProcess[];
/** What was logged before all were ready: until then logins are refused, as they should be. */
let before = new Set<string>();
const inTime = { timeoutMs: 20_000, everyMs: 100 };

beforeAll(async () => {
  rig = closing(await startRightsRig());
  rig.receiver.reply(({ path }) => (path.startsWith('/gone') ? 404 : 200));
});

const post = async (path: string, body?: unknown): Promise<{ status: number; body: unknown }> =>
  rig.client.request(
    'POST',
    path,
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
  );
const create = async (body: unknown): Promise<BatchView> => {
  const answer = await post('/v1/batches', body);
  expect(answer.status).toBe(202);
  return answer.body as BatchView;
};
const get = async (path: string): Promise<number> => (await rig.client.request('GET', path)).status;
const readyz = async ({ adminUrl }: AppProcess): Promise<string> =>
  (await fetch(`${adminUrl}/readyz`)).text();

describe('the bootstrap', () => {
  test('shows what it would change, changes it, and then has nothing to do; no password is ever shown', async () => {
    const dry = await rig.bootstrap(['--dry-run']);
    expect([dry.code, dry.output]).toEqual([0, expect.stringContaining('25 things differ')]);
    const first = await rig.bootstrap();
    expect([first.code, first.output]).toEqual([0, expect.stringContaining('25 things changed')]);
    expect(first.output).toContain('the users are in its ACL file');
    const second = await rig.bootstrap();
    expect([second.code, second.output]).toEqual([0, expect.stringContaining('all as it should be')]);
    const definitions = await rig.bootstrap(['--print', 'rabbitmq-definitions']);
    const acl = await rig.bootstrap(['--print', 'redis-acl']);
    expect(acl.output.trim().split('\n')).toHaveLength(services.length);
    const all = [dry, first, second, definitions, acl].map(({ output }) => output).join();
    for (const secret of rig.secrets) expect(all).not.toContain(secret);
  });

  test('puts right what somebody changed: a right, a password, a topic, a queue', async () => {
    const { admin, prefix, vhost } = rig;
    await admin.redis('ACL', 'SETUSER', `${prefix}alert-service`, '+flushall');
    await admin.redis('ACL', 'SETUSER', `${prefix}gateway`, '>another password');
    const all = { configure: '.*', write: '.*', read: '.*' };
    await admin.api.ask('PUT', `permissions/${vhost}/${prefix}gateway`, { body: all });
    await admin.api.ask('DELETE', `topic-permissions/${vhost}/${prefix}model-worker`);
    await admin.api.ask('PUT', `users/${prefix}alert-service`, { body: { password: 'x', tags: '' } });
    await admin.api.ask('DELETE', `queues/${vhost}/${queues.webhookDeliver.name}`);
    const { code, output } = await rig.bootstrap(['--check']);
    expect([code, output]).toEqual([1, expect.stringContaining('6 things differ')]);
    expect(output).toContain(`permissions of ${prefix}gateway: others`);
    expect(output).toContain(`user ${prefix}alert-service: another password`);
    expect(output).toContain(`topic permissions of ${prefix}model-worker: missing`);
    expect(output).toContain(`user ${prefix}alert-service: other rights`);
    expect(output).toContain(`queue ${queues.webhookDeliver.name}`);
    expect(output).toContain(`user ${prefix}gateway: other rights`);
  });

  test('services expect the topology: they wait, say for what, and start when it is there', async () => {
    apps = await rig.start();
    const waiting = `RabbitMQ has no queue ${queues.webhookDeliver.name};`;
    await waitFor(async () => (await readyz(apps[2] as AppProcess)).includes(waiting), {
      ...inTime,
      what: `the model-worker to say: ${waiting}`,
    });
    expect((await rig.bootstrap()).output).toContain('6 things changed');
    await Promise.all(apps.map((app) => app.waitReady()));
    before = new Set(rig.logs().split('\n'));
    const clients = String(await rig.admin.redis('CLIENT', 'LIST'));
    const users = new Set([...clients.matchAll(/ user=(\S+)/g)].map(([, user]) => user));
    expect([...users].sort()).toEqual(['admin', ...services.map((service) => rig.prefix + service)].sort());
  });
});

describe('every service under its own user', () => {
  test('batches of all providers, with their events, results, webhooks and money', async () => {
    const images = await Promise.all([1, 2].map((seed) => photo({ width: 96, height: 72, seed })));
    const files = images.map((bytes, n) => ({ name: `${n}.jpg`, bytes }));
    const settings = JSON.stringify({ face_limit: 500 });
    const [noop, embedded, paid, gone] = await Promise.all([
      rig.client.createNoopBatch(60, { webhook_url: `${rig.receiver.url}/done` }),
      rig.client.createUploadBatch(files, { settings, provider: 'embedded' }),
      rig.client.createUploadBatch(files, { settings, provider: 'fal', priority: 'high' }),
      create({ provider: 'noop', images: [{ url: `${rig.receiver.url}/gone.jpg` }] }),
    ]);
    const events = await followBatch(rig.client, noop.id, { timeoutMs: 30_000 });
    expect(events.at(-1)?.event).toBe('batch.completed');
    for (const { id } of [noop, embedded, paid])
      expect(await rig.client.waitForTerminal(id)).toMatchObject({ status: 'completed' });
    expect(rig.fal.ledger()).toHaveLength(2);
    for (const path of ['files/0/model', 'files/0/thumbnail', 'results.zip', 'manifest', 'audit', 'files/1'])
      expect([path, await get(`/v1/batches/${paid.id}/${path}`)]).toEqual([path, 200]);
    expect(await rig.client.waitForTerminal(gone.id)).toMatchObject({ status: 'failed' });
    expect((await post(`/v1/batches/${gone.id}/retry`)).status).toBe(200);
    await waitFor(async () => (await rig.client.getBatch(gone.id))['run'] === 2, inTime);
    expect(await rig.client.waitForTerminal(gone.id)).toMatchObject({ status: 'failed' });

    const delivered = async (): Promise<string | undefined> => {
      const { body } = await rig.client.request('GET', `/v1/batches/${noop.id}/deliveries`);
      return (body as { data: { id: string; state: string }[] }).data.find(
        ({ state }) => state === 'delivered',
      )?.id;
    };
    const delivery = await waitFor(delivered, { ...inTime, what: 'the webhook' });
    expect((await post(`/v1/batches/${noop.id}/deliveries/${delivery}/redeliver`)).status).toBe(202);
    const told = (): number => rig.receiver.requests.filter(({ path }) => path === '/done').length;
    await waitFor(() => told() >= 2, { ...inTime, what: 'the webhook again' });
  });

  test('pause, changes, resume, cancel, an idempotency key and deletion', async () => {
    const { client } = rig;
    const [held, dropped] = await Promise.all([client.createNoopBatch(300), client.createNoopBatch(300)]);
    expect((await post(`/v1/batches/${held.id}/pause`)).status).toBeLessThan(300);
    const change = { priority: 'low', retention_hours: 2, name: 'changed' };
    const init = { body: JSON.stringify(change), headers: { 'content-type': 'application/json' } };
    expect((await client.request('PATCH', `/v1/batches/${held.id}`, init)).status).toBe(200);
    expect((await post(`/v1/batches/${held.id}/resume`)).status).toBeLessThan(300);
    expect((await post(`/v1/batches/${dropped.id}/cancel`)).status).toBeLessThan(300);
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'once' };
    const body = JSON.stringify({ provider: 'noop', count: 2 });
    const twice = await Promise.all(
      ['a', 'b'].map(() => client.request('POST', '/v1/batches', { body, headers })),
    );
    expect(twice.some(({ status }) => status === 202)).toBe(true);
    expect(await client.waitForTerminal(dropped.id)).toMatchObject({ status: 'cancelled' });
    expect(await client.waitForTerminal(held.id)).toMatchObject({ status: 'completed' });
    const deleted = async (): Promise<boolean> => {
      const { status } = await client.request('DELETE', `/v1/batches/${held.id}`);
      return status === 202 || status === 204 || status === 404;
    };
    await waitFor(deleted, { ...inTime, what: 'the deletion' });
    const erased = async (): Promise<boolean> =>
      (await rig.admin.redis('HGET', `i2m:{${held.id}}:x`, 'erased_at')) !== null;
    await waitFor(erased, { ...inTime, what: 'its erasure' });
  });

  test('dead letters, alerts, health, clean-up and the other routes of operators', async () => {
    const { client } = rig;
    await publishBytes(rig.admin.amqpUrl, 'tasks', 'model.generate.normal', Buffer.from('no json'));
    await publishBytes(rig.admin.amqpUrl, 'events', 'file.settled', Buffer.from('no json either'));
    const letters = async (): Promise<DeadLetterView[]> =>
      deadLetterListSchema.parse((await client.request('GET', '/v1/ops/dead-letters')).body).data;
    const both = await waitFor(async () => ((await letters()).length >= 2 ? letters() : undefined), {
      ...inTime,
      what: 'two dead letters',
    });
    for (const { id } of both) expect((await post(`/v1/ops/dead-letters/${id}/redrive`)).status).toBe(202);
    const again = async (): Promise<boolean> =>
      (await letters()).filter(({ id, state }) => state === 'open' && both.every((one) => one.id !== id))
        .length >= 2;
    await waitFor(again, { ...inTime, what: 'both dead again' });
    expect((await client.request('DELETE', '/v1/ops/dead-letters?confirm=true')).status).toBeLessThan(300);

    const operator = operatorOf(rig);
    await operator.post('alerts:test', { severity: 'warning' });
    await operator.post('maintenance/health-check');
    await operator.post('maintenance/clean-up', { confirm: true });
    await operator.post('maintenance/clean-up', { emergency: true, confirm: true });
    await operator.post('lanes/low/pause', {});
    await operator.post('lanes/low/resume');
    await operator.post('providers/fal/pause', {});
    await operator.post('providers/fal/resume');
    await operator.put('log-level', { level: 'debug', minutes: 1 });
    for (const page of [
      'overview',
      'queues',
      'workers',
      'tasks',
      'lanes',
      'health',
      'schedules',
      'providers',
    ])
      expect([page, await get(`/v1/ops/${page}`)]).toEqual([page, 200]);
    const alerts = (): string => rig.receiver.requests.map(({ text }) => text).join();
    await waitFor(() => alerts().includes('"test"'), { ...inTime, what: 'the test alert' });
    const swept = async (): Promise<boolean> =>
      (await rig.admin.redis('HGET', 'i2m:clean-up', 'swept_at')) !== null;
    await waitFor(swept, { ...inTime, what: 'a clean-up' });
  });

  test('the gateway may empty queues only where the bootstrap lets it', async () => {
    const queue = queues.alertSend.name;
    const purge = (): Promise<{ status: number; body: unknown }> =>
      post(`/v1/ops/queues/${queue}/purge`, { confirm: queue });
    expect(await purge()).toMatchObject({ status: 403, body: { code: 'purge_not_allowed' } });
    const allowed = await rig.bootstrap([], { BOOTSTRAP_ALLOW_PURGE: 'true' });
    expect(allowed.output).toContain('1 thing changed');
    expect(await purge()).toMatchObject({ status: 200, body: { queue } });
    expect((await rig.bootstrap()).output).toContain('1 thing changed');
  });

  test('nobody was refused anything that the system needs', async () => {
    const refusals = /NOPERM|NOAUTH|WRONGPASS|ACCESS.REFUSED/;
    const lines = rig
      .logs()
      .split('\n')
      .filter((line) => refusals.test(line) && !before.has(line));
    // the gateway's own purge, which it may not do
    expect(lines.filter((line) => !line.includes('purge'))).toEqual([]);
    expect(await rig.admin.redis('ACL', 'LOG')).toEqual([]);
  });
});

/** What refuses, and nothing else: a key that is missing or a wrong argument would say something else. */
const refusal = /NOPERM|ACL failure|user executing the script can't access|ACCESS.REFUSED|^401$/;

test.each(services)('%s is refused what an administrator may do', async (service) => {
  const wrong: string[] = [];
  for (const { what, attempt } of forbiddenOf(service)) {
    const said = await attempt(rig.login(service));
    if (said === null || !refusal.test(said)) wrong.push(`${what}: ${said ?? 'was done'}`);
    const toAdmin = await attempt(rig.login());
    if (toAdmin !== null) wrong.push(`${what}: refused to an administrator, too: ${toAdmin}`);
  }
  expect(wrong).toEqual([]);
});
