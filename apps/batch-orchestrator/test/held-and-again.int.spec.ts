import { closingAfterAll, waitFor } from '@image2model/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { openBench, type Bench } from './support/bench.js';
import { startLaneWorker } from './support/lane-worker.js';

const closing = closingAfterAll();
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
  await bench.start({ RECONCILE_INTERVAL_MS: '500' });
});

const failed = {
  outcome: 'failed',
  error: { kind: 'input', code: 'input.undecodable', message: 'no image', retryable: false },
} as const;

test('a held batch is not fanned out; lifted, it goes on where it was', async () => {
  const id = await bench.newBatch({ total: 300, tell: false, hold: { reason: 'user', detail: 'wait' } });
  await bench.progress.lanes.nudge('normal');
  await pause(2_500);
  expect(await bench.ready()).toBe(0);

  await bench.progress.controls.unhold(id, 'user');
  await bench.progress.lanes.nudge('normal');
  const worker = closing(await startLaneWorker(bench, { works: true }));
  expect(await bench.completion(id, 30_000)).toEqual([
    expect.objectContaining({ id: `batch.completed:${id}:1`, status: 'completed', completed: 300 }),
  ]);
  await worker.close();
});

test('a hold that knows its end is over then, and not before; one that does not know it stays', async () => {
  const detail = 'the money of today is spent';
  const worker = closing(await startLaneWorker(bench, { works: true }));
  const untilMs = Date.now() + 2_500;
  const [stays, ends] = [
    await bench.newBatch({ total: 3, tell: false, hold: { reason: 'budget', detail } }),
    await bench.newBatch({ total: 3, tell: false, hold: { reason: 'budget', detail, untilMs } }),
  ];
  await bench.progress.lanes.nudge('normal');
  await waitFor(() => worker.taken.length > 0, { everyMs: 10, what: 'the first message' });
  expect(Date.now()).toBeGreaterThanOrEqual(untilMs);
  expect(await bench.completion(ends, 30_000)).toMatchObject([{ status: 'completed', completed: 3 }]);
  expect((await bench.batch(stays)).hold).toMatchObject({ reason: 'budget', detail });
  expect(worker.taken).toHaveLength(3);
  await worker.close();
});

test('files of the redo list are published again, under a gen of their own, and end the second run', async () => {
  const id = await bench.newBatch({ total: 3 });
  await waitFor(async () => (await bench.ready()) === 3, { what: 'three messages' });
  await bench.conclude(id, 0);
  await bench.conclude(id, 1, failed);
  await bench.conclude(id, 2, failed);
  await bench.tellSettled(id, [0, 1, 2]);
  expect(await bench.completion(id)).toEqual([expect.objectContaining({ status: 'partial', failed: 2 })]);

  expect(await bench.progress.retries.retry(id, { run: 1 })).toMatchObject({ status: 'begun', files: 2 });
  await bench.progress.lanes.nudge('normal');
  const worker = closing(await startLaneWorker(bench, { works: true }));
  await waitFor(() => bench.events.of('batch.completed', id).length === 2, { what: 'the second completion' });
  await worker.close();
  const [, second] = await bench.completion(id);
  expect(second).toMatchObject({ id: `batch.completed:${id}:2`, status: 'completed', completed: 3 });
  // the old messages of the first run are stale for the second
  expect(worker.taken.map(({ idx }) => idx).sort()).toEqual([0, 1, 1, 2, 2]);
});

test('a batch that a crash left out of its lane comes back', async () => {
  const id = await bench.newBatch({ total: 5, tell: false });
  await bench.progress.controls.hold(id, { reason: 'user', detail: 'wait' });
  await bench.redis('ZREM', 'i2m:lane:normal', id);
  // the flag alone, as if whoever lifted it died before the rest
  await bench.redis('HDEL', `i2m:{${id}}:b`, 'hold');
  const worker = closing(await startLaneWorker(bench, { works: true }));
  expect(await bench.completion(id, 30_000)).toEqual([expect.objectContaining({ completed: 5 })]);
  await worker.close();
});

test('a retry that was asked for and not begun is begun', async () => {
  const id = await bench.newBatch({ total: 1 });
  await waitFor(async () => (await bench.ready()) === 1, { what: 'a message' });
  await bench.conclude(id, 0, failed);
  await bench.tellSettled(id, [0]);
  await bench.completion(id);
  await bench.redis('HSET', `i2m:{${id}}:b`, 'retry_asked', '1');
  await bench.redis('ZADD', 'i2m:active', String(Date.now()), id);
  const worker = closing(await startLaneWorker(bench, { works: true }));
  await waitFor(() => bench.events.of('batch.completed', id).length === 2, { what: 'the second completion' });
  expect((await bench.batch(id)).run).toBe(2);
  await worker.close();
});
