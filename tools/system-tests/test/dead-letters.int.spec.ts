import { pathToFileURL } from 'node:url';
import {
  deadLetterListSchema,
  deadLetterSchema,
  modelGenerate,
  sealEnvelope,
  type DeadLetterView,
} from '@image2model/contracts';
import {
  freePorts,
  publishBytes,
  startApp,
  startSystem,
  waitFor,
  watchEvents,
  type AppProcess,
  type BatchView,
  type EventWatcher,
  type System,
} from '@image2model/testing';

let system: System;
let watcher: EventWatcher;
const workers: AppProcess[] = [];
beforeAll(async () => {
  const services = ['gateway', 'batch-orchestrator', 'maintenance-worker', 'alert-service'] as const;
  system = await startSystem({ services, env: { REDRIVE_INTERVAL_MS: '300' } });
  watcher = await watchEvents(system.amqpUrl);
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
  await watcher.close();
  await system.stop();
});

/** A worker that has one file in hand at a time. @param more what is broken about it */
async function startWorker(more: Record<string, string> = {}): Promise<AppProcess> {
  const { amqpUrl: AMQP_URL, redisUrl: REDIS_URL, storageDir } = system;
  const own = { AMQP_URL, REDIS_URL, STORAGE_URL: pathToFileURL(storageDir).href };
  const [adminPort = 0] = await freePorts(1);
  const env = { ...own, I2M_NOOP_MS: '1000', WORKER_CONCURRENCY: '1', ...more };
  const worker = startApp({ name: 'model-worker', adminPort, env });
  workers.push(worker);
  return worker;
}

const send = (body: string): Promise<void> =>
  publishBytes(system.amqpUrl, 'tasks', 'model.generate.normal', Buffer.from(body));
/** As a person on call finds it. */
const listed = (reason: string): Promise<DeadLetterView> =>
  waitFor(
    async () => {
      const { body } = await system.client.request('GET', '/v1/ops/dead-letters');
      return deadLetterListSchema.parse(body).data.find((letter) => letter.reason.startsWith(`${reason}: `));
    },
    { what: `${reason} in the list` },
  );
/** Redrives it and waits for what came of it. */
async function redrive({ id }: DeadLetterView, body?: unknown): Promise<DeadLetterView> {
  const path = `/v1/ops/dead-letters/${id}`;
  const repair = { body: JSON.stringify({ body }), headers: { 'content-type': 'application/json' } };
  const answer = await system.client.request('POST', `${path}/redrive`, body === undefined ? {} : repair);
  expect(answer).toMatchObject({ status: 202, body: { id, state: 'redriving' } });
  return waitFor(
    async () => {
      const now = deadLetterSchema.parse((await system.client.request('GET', path)).body);
      return now.state === 'redriving' ? undefined : now;
    },
    { what: `the redrive of ${id}` },
  );
}
const ended = (batch: BatchView, run: number): Promise<BatchView> =>
  waitFor(
    async () => {
      const now = await system.client.getBatch(batch.id);
      return now['run'] === run && now.counts.pending + now.counts.running === 0 ? now : undefined;
    },
    { what: `the end of run ${run}`, timeoutMs: 30_000 },
  );

test('acks_late, reject_on_worker_lost: a file that kills its worker five times is poison, listed and redriven after the repair', async () => {
  const batch = await system.client.createNoopBatch(1);
  for (let crash = 0; crash < 5; crash += 1) {
    const broken = await startWorker({ FAILPOINT: 'worker.02.claimed:kill' });
    await waitFor(() => broken.exit, { what: `death ${crash + 1}`, timeoutMs: 30_000 });
    expect(broken.exit?.signal).toBe('SIGKILL');
  }
  await startWorker();
  expect(await ended(batch, 1)).toMatchObject({ status: 'failed', counts: { failed: 1 } });
  const letter = await listed('poison');
  expect(letter).toMatchObject({
    reason: 'poison: workers died five times on this file',
    ...{ queue: 'model-worker.model.generate.normal', batch_id: batch.id, file_idx: 0, state: 'open' },
  });
  expect((await system.client.listFiles(batch.id))[0]).toMatchObject({ error: { code: 'poison' } });

  expect(await redrive(letter)).toMatchObject({
    state: 'redriven',
    detail: `file 0 is tried again in run 2 of ${batch.id}`,
  });
  expect(await ended(batch, 2)).toMatchObject({ status: 'completed', counts: { completed: 1 } });
});

test('malformed messages and unknown versions are listed with their reason; redriven after repair, their files complete', async () => {
  const batch = await system.client.createNoopBatch(6);
  const about = (fileIdx: number) =>
    sealEnvelope(modelGenerate, { batchId: batch.id, fileIdx, payload: { gen: 0 } });
  await send('{ this is not json');
  await send(JSON.stringify({ ...about(4), payload: { gen: 'first' } }));
  await send(JSON.stringify({ ...about(5), version: 99 }));
  // the files that the messages name are condemned, and no others
  expect(await ended(batch, 1)).toMatchObject({ status: 'partial', counts: { completed: 4, failed: 2 } });
  expect((await system.client.listFiles(batch.id))[5]).toMatchObject({
    status: 'failed',
    error: { code: 'dead_letter', message: expect.stringContaining('unknown_version') },
  });
  const [broken, wrong, strange] = [
    await listed('not_json'),
    await listed('invalid_payload'),
    await listed('unknown_version'),
  ];
  expect(wrong).toMatchObject({ batch_id: batch.id, file_idx: 4 });
  expect(wrong.reason).toMatch(/a field is missing or wrong; gen: .*expected number/);
  expect(strange.reason).toMatch(/does not know its version; .*v99; this build reads v1/);
  expect(broken).toMatchObject({ batch_id: null, file_idx: null });
  const shown = await system.client.request('GET', `/v1/ops/dead-letters/${broken.id}`);
  expect(shown.body).toMatchObject({ body: '{ this is not json', body_encoding: 'utf8' });

  expect(await redrive(strange, about(5))).toMatchObject({ state: 'redriven' });
  expect(await ended(batch, 2)).toMatchObject({ counts: { completed: 5, failed: 1 } });
  // whatever it was: now it is about the other file
  expect(await redrive(broken, JSON.stringify(about(4)))).toMatchObject({ state: 'redriven' });
  expect(await ended(batch, 3)).toMatchObject({ status: 'completed', counts: { completed: 6 } });
  expect(await redrive(wrong, about(4))).toMatchObject({
    state: 'redriven',
    detail: expect.stringContaining('nothing was left to do'),
  });
  expect((await system.client.getBatch(batch.id))['run']).toBe(3);
});

test('what is redriven without a repair dies again, and says which one it was; everybody is told', async () => {
  await send('[]');
  const first = await listed('not_an_envelope');
  expect(await redrive(first)).toMatchObject({ state: 'redriven' });
  const again = await listed('not_an_envelope');
  expect(again).toMatchObject({ redrive_of: first.id, state: 'open' });
  const old = await system.client.request('GET', `/v1/ops/dead-letters/${first.id}`);
  expect(old.body).toMatchObject({ died_again_as: again.id });
  const told = (): unknown[] =>
    watcher.of('message.dead-lettered').map(({ payload }) => payload['deadLetterId']);
  await waitFor(() => told().includes(again.id), { what: 'both to be told' });
  expect(told().slice(-2)).toEqual([first.id, again.id]);
});
