import { generateMessageId } from '@image2model/contracts';
import { closingAfterAll, waitFor } from '@image2model/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { openBench, type Bench } from './support/bench.js';
import { startLaneWorker, type LaneWorker } from './support/lane-worker.js';

/** The floor of a lane's window: no worker lives here, and nothing is taken fast. */
const floor = 64;
const closing = closingAfterAll();
let bench: Bench;
const range = (count: number): number[] => Array.from({ length: count }, (_, idx) => idx);

beforeAll(async () => {
  bench = closing(await openBench());
  await bench.start();
});

test('5,000 files wait in Redis, not in the queue, and come once each as they are taken', async () => {
  const id = await bench.newBatch({ total: 5_000 });
  const seen: number[] = [];
  await waitFor(async () => (await bench.ready()) > 0, { everyMs: 5, what: 'the first messages' });
  for (const until = Date.now() + 2_500; Date.now() < until; await pause(20)) seen.push(await bench.ready());
  expect(Math.max(...seen)).toBeLessThanOrEqual(floor);
  await waitFor(async () => (await bench.batch(id)).cursor === floor, { what: 'a full window' });
  expect(await bench.ready()).toBe(floor);
  expect(await bench.redis('HGET', `i2m:{${id}}:b`, 'cursor')).toBe(String(floor));

  const worker = closing(await startLaneWorker(bench, { works: true }));
  const events = await bench.completion(id, 30_000);
  await worker.close();
  expect(events).toEqual([
    expect.objectContaining({ id: `batch.completed:${id}:1`, status: 'completed', completed: 5_000 }),
  ]);
  expect(worker.taken).toHaveLength(5_000);
  expect(new Set(worker.taken.map((message) => message.id))).toEqual(
    new Set(range(5_000).map((idx) => generateMessageId(id, idx, 0))),
  );
});

describe('when the workers are slow', () => {
  // a lane of its own: the window of the other one has grown with what was taken from it
  const lane = 'low';
  const prefetch = 8;
  let worker: LaneWorker;
  beforeAll(async () => {
    worker = closing(await startLaneWorker(bench, { lane, works: false, prefetch, allow: 0 }));
  });
  const fullWindow = () =>
    waitFor(async () => (await bench.ready(lane)) >= floor, { everyMs: 10, what: 'a full window' });

  test('a small batch of another tenant is dealt in beside a large one', async () => {
    const large = await bench.newBatch({ total: 2_000, tenant: 'a', lane });
    await fullWindow();
    const small = await bench.newBatch({ total: 10, tenant: 'b', lane });
    const before = floor + prefetch;
    // so slow that the window stays at its floor: at each look less than a chunk has room
    while (worker.taken.length < before + 40) {
      worker.allow(8);
      await pause(280);
      await bench.progress.lanes.nudge(lane);
      await fullWindow();
    }
    const next = worker.taken.slice(0, before + 40);
    expect(next.filter(({ batchId }) => batchId === small).map(({ idx }) => idx)).toEqual(range(10));
    expect(next.filter(({ batchId }) => batchId === large).map(({ idx }) => idx)).toEqual(range(before + 30));
  });
});

describe('a batch that is named', () => {
  // out of the index of its lane nobody finds it by looking there
  const hidden = async (total: number): Promise<string> => {
    const id = await bench.newBatch({ total, lane: 'high', tell: false });
    const left = async (): Promise<boolean> =>
      (await bench.batch(id)).cursor === total && (await bench.redis('ZSCORE', 'i2m:lane:high', id)) === null;
    await waitFor(left, { what: 'the first look' });
    return id;
  };

  test('is read by itself, not with its lane', async () => {
    const id = await hidden(3);
    await bench.redis('HSET', `i2m:{${id}}:b`, 'cursor', '0');
    const before = await bench.ready('high');
    await bench.progress.lanes.nudge('high', id);
    await waitFor(async () => (await bench.ready('high')) === before + 3, { what: 'its files' });
  });

  test('and is held, or is gone, publishes nothing', async () => {
    const id = await hidden(2);
    await bench.redis('HSET', `i2m:{${id}}:b`, 'cursor', '0', 'hold', 'user');
    const before = await bench.ready('high');
    await bench.progress.lanes.nudge('high', id);
    await bench.progress.lanes.nudge('high', 'bat_gone');
    await pause(1_500);
    expect(await bench.ready('high')).toBe(before);
  });
});
