import { startRedisSentinels, waitFor, type RedisSentinels } from '@image2model/testing';
import { connectProgress, type Progress } from '../src/index.js';
import { newBatch } from './support/store.js';

const warnings: string[] = [];
const logger = { warn: (text: string) => void warnings.push(text), error: () => undefined };
let servers: RedisSentinels;
let open: Progress[] = [];

beforeAll(async () => {
  servers = await startRedisSentinels();
});
afterEach(async () => {
  await Promise.all(open.map((progress) => progress.close()));
  open = [];
});
afterAll(() => servers.close());

async function connected(waitReplicas: number, failFast: boolean): Promise<Progress> {
  const progress = await connectProgress({ url: servers.url, logger, waitReplicas, failFast });
  open.push(progress);
  return progress;
}

test('what must not be lost is refused while no replica follows, or waits for one; the rest goes on', async () => {
  const [fast, patient, careless] = await Promise.all([
    connected(1, true),
    connected(1, false),
    connected(0, false),
  ]);
  const [refused, waits] = [newBatch(3), newBatch(3)];
  await Promise.all([refused, waits].map((batch) => careless.batches.stage(batch, [])));
  await servers.signalReplicas('SIGSTOP');
  let done = false;
  const waiting = patient.batches.activate(waits.id).then((state) => {
    done = true;
    return state;
  });
  try {
    await expect(fast.batches.activate(refused.id)).rejects.toMatchObject({
      code: 'dependency.redis_replicas',
    });
    // nothing was begun that would have to be taken back
    expect((await careless.batches.read(refused.id))?.state).toBe('staging');
    await fast.fleet.ping();
    await waitFor(() => warnings.some((text) => text.includes('too few replicas')), { what: 'the warning' });
    expect(done).toBe(false);
  } finally {
    await servers.signalReplicas('SIGCONT');
  }
  expect(await waiting).toBe('running');
  const accepted = (): Promise<string> => fast.batches.activate(refused.id).catch(() => 'later');
  expect(await waitFor(async () => (await accepted()) === 'running', { what: 'the batch' })).toBe(true);
});

test('a step that only repeats what is there waits for the replicas as well', async () => {
  const progress = await connected(1, true);
  const batch = newBatch(1);
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  await servers.signalReplicas('SIGSTOP');
  try {
    await expect(progress.batches.requestCancel(batch.id)).rejects.toMatchObject({
      code: 'dependency.redis_replicas',
    });
    await expect(progress.batches.requestCancel(batch.id)).rejects.toMatchObject({
      code: 'dependency.redis_replicas',
    });
  } finally {
    await servers.signalReplicas('SIGCONT');
  }
  const cancelled = (): Promise<string | null> =>
    progress.batches.requestCancel(batch.id).catch(() => 'later');
  expect(await waitFor(async () => (await cancelled()) === 'cancelling', { what: 'the cancel' })).toBe(true);
});

test('with the master killed, what was answered is there, commands and blocked reads go on, and the limit holds', async () => {
  const progress = await connected(1, false);
  const batch = newBatch(400);
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  const feed = progress.factFeed();
  const seen: string[] = [];
  feed.watch(batch.id, '0-0', (facts) => void seen.push(...facts.map(({ event }) => event)));
  const answered: number[] = [];
  const work = Array.from({ length: batch.total }, async (_, idx) => {
    const reply = await progress.attempts.claim(batch.id, {
      idx,
      messageId: `m${idx}`,
      gen: 0,
      redelivered: false,
      worker: 'w',
    });
    if (reply.status !== 'ok') throw new Error(`${idx}: ${reply.status}`);
    const ended = await progress.attempts.conclude(
      batch.id,
      { idx, token: reply.token },
      { outcome: 'completed', model: null },
    );
    expect(['ok', 'concluded']).toContain(ended);
    answered.push(idx);
    await progress.settlements.finish(batch.id, [idx]);
  });
  await waitFor(() => answered.length > 50, { what: 'answers before the kill' });
  await servers.killMaster();
  const ends = await Promise.allSettled(work);
  // a settlement under way may fail, and is repeated; what was answered before it may not be gone
  const files = Array.from({ length: batch.total }, (_, idx) => idx);
  expect(answered.length).toBe(batch.total);
  await progress.settlements.finish(batch.id, files);
  expect(await progress.batches.read(batch.id)).toMatchObject({ state: 'completed' });
  expect(ends.filter(({ status }) => status === 'rejected').length).toBeLessThan(batch.total / 2);
  await waitFor(() => seen.includes('batch.completed'), { timeoutMs: 20_000, what: 'the end in the feed' });
  await feed.close();
});
