import { batchCancelRequested, generateMessageId } from '@image2model/contracts';
import type { FileState } from '@image2model/progress';
import { closingAfterAll, waitFor, type AppProcess } from '@image2model/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { completed, openBench, type Bench } from './support/bench.js';
import { startLaneWorker } from './support/lane-worker.js';

const closing = closingAfterAll();
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
});

const cancel = async (id: string): Promise<void> => {
  expect(await bench.progress.batches.requestCancel(id)).toBe('cancelling');
  await bench.broker.publish(batchCancelRequested, { batchId: id, payload: {} });
};
const stateOf = async (id: string, idx: number): Promise<FileState | undefined> =>
  (await bench.progress.batches.file(id, idx))?.state;

describe('by its message', () => {
  const total = 2_500;
  const [held, parked, expired, concluded] = [0, 1, 2, 3];
  let app: AppProcess;
  beforeAll(async () => {
    app = await bench.start();
  });
  afterAll(() => app.kill('SIGTERM'));

  test('a batch ends at once where nobody works on it, and with its last worker', async () => {
    const id = await bench.newBatch({ total });
    await waitFor(async () => (await bench.ready()) === 64, { what: 'a full window' });
    const token = await bench.claim(id, held);
    const parking = { idx: parked, token: await bench.claim(id, parked) };
    await bench.progress.attempts.park(id, parking, 15_000, { code: 'retry_at', detail: '' });
    await bench.claim(id, expired);
    await bench.expireLease(id, expired);
    await bench.conclude(id, concluded);
    await cancel(id);

    const what = 'waiting, parked and expired files cancelled';
    await waitFor(async () => (await bench.batch(id)).counts.running === 1, { what });
    expect(await bench.batch(id)).toMatchObject({
      state: 'cancelling',
      counts: { pending: 0, running: 1, completed: 1, failed: 0, cancelled: total - 2 },
    });
    const states = await Promise.all([held, parked, expired, concluded].map((idx) => stateOf(id, idx)));
    expect(states).toEqual(['running', 'cancelled', 'cancelled', 'completed']);
    await expect(bench.claim(id, parked, 1)).rejects.toThrow('done');

    // a model that is already made is kept
    await bench.progress.attempts.conclude(id, { idx: held, token }, completed);
    await bench.tellSettled(id, [held]);
    const counts = { total, completed: 2, failed: 0, cancelled: total - 2 };
    const once = [{ id: `batch.completed:${id}:1`, run: 1, status: 'cancelled', ...counts }];
    expect(await bench.completion(id)).toMatchObject(once);
    expect(await bench.progress.batches.requestCancel(id)).toBe('cancelled');
    await bench.broker.publish(batchCancelRequested, { batchId: id, payload: {} });
    await bench.tellSettled(id, [held]);
    await pause(300);
    expect(await bench.completion(id)).toMatchObject(once);
  });

  test('a batch ends when the worker of its last file saw the flag', async () => {
    const id = await bench.newBatch({ total: 3 });
    const token = await bench.claim(id, 1);
    await cancel(id);
    await waitFor(async () => (await bench.batch(id)).counts.cancelled === 2, { what: 'the other two' });
    expect(bench.events.of('batch.completed', id)).toEqual([]);
    await bench.progress.attempts.conclude(id, { idx: 1, token }, { outcome: 'cancelled' });
    await bench.tellSettled(id, [1]);
    expect(await bench.completion(id)).toMatchObject([{ status: 'cancelled', cancelled: 3 }]);
  });
});

describe('by the reconciler', () => {
  beforeAll(async () => {
    await bench.start({ RECONCILE_INTERVAL_MS: '200' });
  });

  test('a batch whose batch.cancel-requested was lost ends all the same', async () => {
    const id = await bench.newBatch({ total: 100 });
    await bench.progress.batches.requestCancel(id);
    expect(await bench.completion(id)).toMatchObject([{ status: 'cancelled', cancelled: 100 }]);
  });

  test('a file whose worker died ends when its lease is over, not before', async () => {
    const id = await bench.newBatch({ total: 3 });
    await bench.claim(id, 1);
    await cancel(id);
    await waitFor(async () => (await bench.batch(id)).counts.cancelled === 2, { what: 'the other two' });
    await pause(1_000);
    expect(await bench.batch(id)).toMatchObject({
      state: 'cancelling',
      counts: { running: 1, cancelled: 2 },
    });
    await bench.expireLease(id, 1);
    expect(await bench.completion(id)).toMatchObject([{ status: 'cancelled', cancelled: 3 }]);
  });

  test('what is or may be paid for is not settled but given to a worker, at once and then once a minute', async () => {
    const id = await bench.newBatch({ total: 5, lane: 'low' });
    const worker = closing(await startLaneWorker(bench, { lane: 'low', works: false }));
    await waitFor(() => worker.taken.length === 5, { what: 'its messages' });
    const [bound, doubtful, held, unpaid] = [0, 1, 2, 3];
    const tokens = await Promise.all([0, 1, 2, 3].map((idx) => bench.claim(id, idx)));
    const tokenOf = (idx: number): string => tokens[idx] ?? '';
    await bench.pay(id, bound, tokenOf(bound));
    await bench.pay(id, doubtful, tokenOf(doubtful), false);
    await bench.pay(id, held, tokenOf(held));
    for (const idx of [bound, doubtful, unpaid]) await bench.expireLease(id, idx);
    await cancel(id);
    await waitFor(() => worker.taken.length === 7, { what: 'messages of the two' });
    // many sweeps later
    await pause(2_000);
    expect(worker.taken.slice(5).map((message) => message.id)).toEqual(
      [bound, doubtful].map((idx) => generateMessageId(id, idx, 0, 1)),
    );
    expect(await bench.batch(id)).toMatchObject({
      state: 'cancelling',
      counts: { running: 3, cancelled: 2 },
    });

    await bench.redis('HSET', `i2m:{${id}}:a:${bound}`, 'copied_at', Date.now() - 60_001);
    await waitFor(() => worker.taken.length === 8, { what: 'another message a minute later' });
    expect(worker.taken.at(-1)?.id).toBe(generateMessageId(id, bound, 0, 2));

    for (const idx of [bound, doubtful]) {
      const token = await bench.claim(id, idx);
      await bench.progress.attempts.conclude(id, { idx, token }, { outcome: 'cancelled' });
    }
    await bench.progress.attempts.conclude(id, { idx: held, token: tokenOf(held) }, completed);
    await bench.tellSettled(id, [bound, doubtful, held]);
    expect(await bench.completion(id)).toMatchObject([{ status: 'cancelled', completed: 1, cancelled: 4 }]);
    await worker.close();
  });
});
