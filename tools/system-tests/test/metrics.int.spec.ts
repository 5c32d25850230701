import { createClient, newApiKey, photo, startSystem, waitFor, type System } from '@image2model/testing';

const tenants = ['acme', 'globex', 'initech', 'umbrella'];
const keys = tenants.map(() => newApiKey());

let system: System;
beforeAll(async () => {
  const list = tenants.map((tenant, at) => `${tenant}:${keys[at]}`).join(',');
  system = await startSystem({ env: { I2M_API_KEYS: list } });
});
afterAll(() => system.stop());

/** All samples of all processes: `name{labels}` and value. */
async function scrape(): Promise<Map<string, number>> {
  const texts = await Promise.all(
    system.processes().map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
  );
  const samples = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('image2model_'))
    .map((line): [string, number] => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]);
  return new Map(samples);
}

/** What one tenant does: a batch of noop files, photos under names of their own, wrong paths. */
async function work(tenant: number, run: string): Promise<string[]> {
  const client = createClient(system.gatewayUrl, keys[tenant] ?? '');
  const noop = await client.createNoopBatch(5, { name: `of-${run}` });
  const file = { name: `secret-${run}.jpg`, bytes: await photo({ width: 64, height: 64 }) };
  const photos = await client.createUploadBatch([file], { provider: 'noop' });
  await client.request('GET', `/v1/batches/b_${run}`);
  await client.request('GET', `/nowhere/${run}`);
  await Promise.all([noop, photos].map(({ id }) => client.waitForTerminal(id, 60_000)));
  return [noop.id, photos.id];
}

test('series do not grow with tenants, batches, files or paths', async () => {
  const first = await work(0, 'first');
  // the watched figures appear with the first look of the elected one
  await waitFor(async () => [...(await scrape()).keys()].some((name) => name.includes('live_processes')));
  await work(0, 'second');
  const before = new Set((await scrape()).keys());
  const ids = await Promise.all([1, 2, 3].map((tenant) => work(tenant, `run-${tenant}`)));
  const after = [...(await scrape()).keys()];
  const fresh = after.filter((name) => !before.has(name));
  // what is measured for the first time may be new, what names somebody or something never is
  expect(fresh.length).toBeLessThan(60);
  const names = [...tenants, ...first, ...ids.flat(), ...keys, 'secret-', 'run-', 'nowhere', 'first'];
  for (const name of names) expect(after.filter((series) => series.includes(name))).toEqual([]);
  expect(after.length).toBeLessThan(3_000);
});

test('Celery row: metrics tasks_total, task_duration_seconds (buckets 1,5,10,30,60,120,300,600), active_tasks, queue_length, clean-up counters', async () => {
  await work(0, 'celery');
  // a task ends after its file is settled
  const active = 'image2model_active_tasks{task="model.generate"}';
  await waitFor(async () => (await scrape()).get(active) === 0, { what: 'the end of the tasks' });
  const samples = await scrape();
  const of = (name: string): [string, number][] =>
    [...samples].filter(([series]) => series.startsWith(`image2model_${name}`));
  expect(samples.get('image2model_tasks_total{task="model.generate",status="done"}')).toBeGreaterThanOrEqual(
    6,
  );
  const buckets = of('task_duration_seconds_bucket')
    .filter(([series]) => series.includes('task="model.generate"'))
    .map(([series]) => /le="([^"]+)"/.exec(series)?.[1]);
  expect(buckets).toEqual(['1', '5', '10', '30', '60', '120', '300', '600', '+Inf']);
  expect(
    samples.get('image2model_task_duration_seconds_count{task="model.generate"}'),
  ).toBeGreaterThanOrEqual(6);
  expect(of('active_tasks')).toContainEqual(['image2model_active_tasks{task="model.generate"}', 0]);
  expect(of('queue_length').length).toBeGreaterThan(10);
  const metrics = await (
    await fetch(`${system.processes('maintenance-worker')[0]?.adminUrl}/metrics`)
  ).text();
  for (const family of ['batches', 'bytes', 'files', 'keys'])
    expect(metrics).toContain(`# TYPE image2model_cleanup_${family}_total counter`);
});
