import {
  followBatch,
  startSystem,
  waitFor,
  watchEvents,
  type AppProcess,
  type SseEvent,
  type System,
} from '@image2model/testing';

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { I2M_NOOP_MS: '50' } });
});
afterAll(() => system.stop());

test('cancel in the middle of 1,000: nothing starts after the answer, the batch ends cancelled within 10 s', async () => {
  const { client } = system;
  const batch = await client.createNoopBatch(1_000);
  await waitFor(async () => (await client.getBatch(batch.id)).counts.completed > 100, { what: '100 files' });
  const answer = await client.request('POST', `/v1/batches/${batch.id}/cancel`);
  const answeredAt = Date.now();
  expect(answer.status).toBe(200);
  const end = await client.waitForTerminal(batch.id, 10_000);
  expect(Date.now() - answeredAt).toBeLessThan(10_000);
  expect(end.status).toBe('cancelled');
  expect(end.counts.completed + end.counts.cancelled).toBe(1_000);
  expect(end.counts.cancelled).toBeGreaterThan(500);
  const events = await followBatch(client, batch.id);
  const startedLate = events.filter(
    ({ event, id }) => event === 'file.started' && Number(id?.split('-')[0]) > answeredAt + 50,
  );
  expect(startedLate).toEqual([]);
  expect(await client.request('POST', `/v1/batches/${batch.id}/cancel`)).toMatchObject({
    status: 200,
    body: { status: 'cancelled' },
  });
});

test('a client that drops every second sees every fact once and in order', async () => {
  const { client } = system;
  const batch = await client.createNoopBatch(500);
  const events = await followBatch(client, batch.id, { dropEveryMs: 1_000, timeoutMs: 60_000 });
  const facts = events.filter(({ id }) => id !== undefined);
  const ids = facts.map(({ id }) => String(id));
  expect(new Set(ids).size).toBe(ids.length);
  const order = (id: string): number[] => id.split('-').map(Number);
  for (let at = 1; at < ids.length; at += 1) {
    const [ms = 0, seq = 0] = order(ids[at - 1] ?? '');
    const [nextMs = 0, nextSeq = 0] = order(ids[at] ?? '');
    expect(nextMs > ms || (nextMs === ms && nextSeq > seq)).toBe(true);
  }
  const of = (name: string): SseEvent[] => facts.filter(({ event }) => event === name);
  expect(
    of('file.started')
      .map(({ data }) => Number(data['idx']))
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 500 }, (_, i) => i));
  expect(new Set(of('file.completed').map(({ data }) => data['idx'])).size).toBe(500);
  expect(of('file.completed')).toHaveLength(500);
  expect(facts.at(-1)).toMatchObject({ event: 'batch.completed', data: { status: 'completed' } });
  const again = await followBatch(client, batch.id);
  expect(again.filter(({ id }) => id !== undefined).map(({ id }) => id)).toEqual(ids);
});

test('scale workers independently: a worker that joins in the middle of a batch takes its share', async () => {
  const { client } = system;
  const done = async ({ adminUrl }: AppProcess): Promise<number> => {
    const text = await (await fetch(`${adminUrl}/metrics`)).text();
    return Number(
      /^image2model_tasks_total\{task="model.generate",status="done"\S* (\d+)$/m.exec(text)?.[1] ?? 0,
    );
  };
  const before = await Promise.all(system.processes('model-worker').map(done));
  const { id } = await client.createNoopBatch(3_000);
  await waitFor(async () => (await client.getBatch(id)).counts.completed > 100, { what: '100 files' });
  const joined = await system.add('model-worker');
  expect(await client.waitForTerminal(id)).toMatchObject({ status: 'completed' });
  const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
  const made = async (): Promise<number> =>
    sum(await Promise.all(system.processes('model-worker').map(done))) - sum(before);
  // a task is counted after its file is settled
  await waitFor(async () => (await made()) >= 3_000, { what: 'all tasks counted' });
  expect(await made()).toBe(3_000);
  expect(await done(joined)).toBeGreaterThan(20);
  await joined.kill('SIGTERM');
});

test('task routing to priority: of two batches the later one with priority high finishes first', async () => {
  const { client } = system;
  const watcher = await watchEvents(system.amqpUrl);
  const normal = await client.createNoopBatch(1_500);
  const high = await client.createNoopBatch(500, { priority: 'high' });
  await Promise.all([client.waitForTerminal(normal.id), client.waitForTerminal(high.id)]);
  await waitFor(() => watcher.of('batch.completed').length === 2, { what: 'both completions' });
  expect(watcher.of('batch.completed').map(({ batchId }) => batchId)).toEqual([high.id, normal.id]);
  await watcher.close();
});
