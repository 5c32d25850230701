import { generateMessageId, laneQueues } from '@image2model/contracts';
import { closingAfterAll, waitFor } from '@image2model/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { openBench, type Bench } from './support/bench.js';
import { startLaneWorker } from './support/lane-worker.js';
import { purgeQueue } from './support/purge-queue.js';

const sweepMs = 400;
/** A file is published again when it is so much overdue. */
const overdueMs = 31_000;
const closing = closingAfterAll();
const range = (count: number): number[] => Array.from({ length: count }, (_, idx) => idx);
let bench: Bench;
let unsent: string;

beforeAll(async () => {
  bench = closing(await openBench());
  // settled while no orchestrator lives: the state and the outbox row are there, the event is not
  unsent = await bench.newBatch({ total: 2, lane: 'high' });
  await bench.conclude(unsent, 0);
  await bench.conclude(unsent, 1);
  expect(await bench.progress.settlements.finish(unsent, [0, 1])).toMatchObject({ ended: true });
  await bench.start({ RECONCILE_INTERVAL_MS: String(sweepMs) });
});

const makeOverdue = async (id: string, files: readonly number[]): Promise<void> => {
  const at = Date.now() - overdueMs;
  await bench.redis('ZADD', `i2m:{${id}}:due`, ...files.flatMap((idx) => [at, idx]));
};
const copiesOf = (id: string, idx: number) => bench.redis('HGET', `i2m:{${id}}:a:${idx}`, 'copies');

test('a completion that was never published is found in the outbox, published and cleared', async () => {
  const events = await bench.completion(unsent);
  expect(events).toEqual([expect.objectContaining({ id: `batch.completed:${unsent}:1`, completed: 2 })]);
  await waitFor(async () => (await bench.progress.settlements.outbox(unsent)).length === 0, {
    what: 'an empty outbox',
  });
  await waitFor(async () => !(await bench.progress.lanes.active()).includes(unsent), {
    what: 'out of the index',
  });
  await pause(2 * sweepMs);
  expect(new Set(bench.events.of('batch.completed', unsent).map(({ id }) => id)).size).toBe(1);
});

test('a batch whose batch.submitted was lost is fanned out all the same', async () => {
  await bench.newBatch({ total: 7, lane: 'high', tell: false });
  const worker = closing(await startLaneWorker(bench, { lane: 'high', works: false }));
  await waitFor(() => worker.taken.length >= 7, { what: 'its files' });
});

test('concluded files whose file.settled was lost are settled 5 s after their conclusion', async () => {
  const id = await bench.newBatch({ total: 2, lane: 'high' });
  await bench.conclude(id, 0);
  const concludedAt = Date.now();
  await bench.conclude(id, 1);
  expect(await bench.completion(id, 25_000)).toMatchObject([{ status: 'completed', completed: 2 }]);
  expect(Date.now() - concludedAt).toBeGreaterThanOrEqual(5_000);
  expect(Date.now() - concludedAt).toBeLessThan(20_000);
});

test('a file whose worker vanished is published again; the first copy to come is claimed, the other one waits', async () => {
  const id = await bench.newBatch({ total: 1 });
  const worker = closing(await startLaneWorker(bench, { works: false }));
  await waitFor(() => worker.taken.length === 1, { what: 'the first message' });
  await bench.claim(id, 0);
  await makeOverdue(id, [0]);
  // a lease that still runs is not taken away, however late the file is
  await pause(2 * sweepMs);
  expect(worker.taken).toHaveLength(1);
  await bench.redis('HSET', `i2m:{${id}}:a:0`, 'lease', Date.now() - overdueMs);
  await waitFor(() => worker.taken.length === 2, { what: 'the second message' });
  await pause(2 * sweepMs);
  expect(worker.taken.map((message) => message.id)).toEqual(
    [0, 1].map((copy) => generateMessageId(id, 0, 0, copy)),
  );
  await bench.claim(id, 0);
  await expect(bench.claim(id, 0)).rejects.toThrow('busy');
  expect(await bench.progress.batches.file(id, 0)).toMatchObject({ state: 'running', attempts: 2 });
  await worker.close();
});

test('in a busy lane a late file gets one more message, and the one that waits there stays good', async () => {
  const id = await bench.newBatch({ total: 70 });
  await waitFor(async () => (await bench.ready()) >= 64, { what: 'a busy lane' });
  const token = await bench.claim(id, 0);
  const gen = await bench.progress.attempts.park(id, { idx: 0, token }, 0, { code: 'retry_at', detail: '' });
  await makeOverdue(id, [0]);
  await waitFor(async () => (await copiesOf(id, 0)) === '1', { what: 'a second message' });
  await pause(4 * sweepMs);
  expect(await copiesOf(id, 0)).toBe('1');
  await bench.claim(id, 0, gen);
});

test('lost messages of unclaimed files are replaced once two sweeps saw their queue empty', async () => {
  const lane = 'low';
  const id = await bench.newBatch({ total: 40, lane });
  await waitFor(async () => (await bench.ready(lane)) === 40, { what: 'all messages' });
  await makeOverdue(id, range(40));
  await pause(3 * sweepMs);
  // they are in the queue: late, but not lost
  expect(await bench.ready(lane)).toBe(40);
  expect(await copiesOf(id, 0)).toBeNull();

  const emptyAt = Date.now();
  await purgeQueue(bench.amqpUrl, laneQueues[lane].name);
  await waitFor(async () => (await copiesOf(id, 39)) === '1', { everyMs: 5, what: 'the republication' });
  // the sweep that sees the queue empty first, and the one after it
  expect(Date.now() - emptyAt).toBeGreaterThanOrEqual(sweepMs);
  const worker = closing(await startLaneWorker(bench, { lane, works: true }));
  expect(await bench.completion(id)).toMatchObject([{ completed: 40 }]);
  expect(worker.taken.map((message) => message.id).sort()).toEqual(
    range(40)
      .map((idx) => generateMessageId(id, idx, 0, 1))
      .sort(),
  );
});
