import { closingAfterAll, waitFor } from '@image2model/testing';
import { openBench, type Bench } from './support/bench.js';
import { startLaneWorker } from './support/lane-worker.js';

const closing = closingAfterAll();
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
  await bench.start({ RECONCILE_INTERVAL_MS: '500' });
});

test('the files that are not handed out yet go to the new lane, each of them, and the old lane forgets the batch', async () => {
  const id = await bench.newBatch({ total: 600 });
  await waitFor(async () => (await bench.batch(id)).cursor > 0, { what: 'the first chunk' });
  const before = (await bench.batch(id)).cursor;
  expect(before).toBeLessThan(600);
  await bench.progress.edits.edit(id, { lane: 'high' }, 0);
  for (const lane of ['high', 'normal'] as const) await bench.progress.lanes.nudge(lane);
  await waitFor(async () => (await bench.ready('high')) > 0, { what: 'messages in the new lane' });
  expect(await bench.redis('ZSCORE', 'i2m:lane:normal', id)).toBeNull();

  const workers = await Promise.all([
    startLaneWorker(bench, { works: true }),
    startLaneWorker(bench, { works: true, lane: 'high' }),
  ]);
  for (const worker of workers) closing(worker);
  expect(await bench.completion(id, 30_000)).toEqual([
    expect.objectContaining({ id: `batch.completed:${id}:1`, status: 'completed', completed: 600 }),
  ]);
  for (const worker of workers) await worker.close();
});
