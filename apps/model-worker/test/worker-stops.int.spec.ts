import { closingAfterAll, waitFor, type AppProcess } from '@image2model/testing';
import { openBench, type Bench } from './support/bench.js';

const closing = closingAfterAll();
const range = (count: number): number[] => Array.from({ length: count }, (_, idx) => idx);
const slow = { I2M_NOOP_MS: '60000', WORKER_CONCURRENCY: '20' };
const fast = { I2M_NOOP_MS: '20' };
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
});

const running = (id: string, count: number) =>
  waitFor(async () => (await bench.batch(id)).counts.running === count, { what: `${count} files running` });
/** What `field` is for each file of a batch. */
const each = (id: string, total: number, field: 'lease' | 'token' | 'attempts' | 'crashes') =>
  Promise.all(range(total).map((idx) => bench.redis('HGET', `i2m:{${id}}:a:${idx}`, field)));

describe('a worker in the middle of long generations', () => {
  let slowWorker: AppProcess;
  beforeEach(async () => {
    slowWorker = await bench.start(slow);
  });

  test('stops them within 2 s when their batch is cancelled, and takes no further file of it', async () => {
    const id = await bench.newBatch({ total: 24 });
    await running(id, 20);
    await bench.progress.batches.requestCancel(id);
    const cancelledAt = Date.now();
    await waitFor(async () => (await bench.batch(id)).counts.cancelled === 20, {
      everyMs: 20,
      what: 'their end',
    });
    expect(Date.now() - cancelledAt).toBeLessThan(10_000);
    expect((await bench.batch(id)).counts).toMatchObject({ pending: 4, running: 0, cancelled: 20 });
    expect(slowWorker.exit).toBeUndefined();
    await slowWorker.kill('SIGTERM');
  });

  test('gives them back on SIGTERM without using an attempt, and is gone within 10 s', async () => {
    const id = await bench.newBatch({ total: 24 });
    await running(id, 20);
    const toldAt = Date.now();
    await slowWorker.kill('SIGTERM');
    expect(Date.now() - toldAt).toBeLessThan(10_000);
    expect(slowWorker.exit).toEqual({ code: 0, signal: null });
    expect(await each(id, 24, 'lease')).toEqual(range(24).map(() => null));
    expect(await each(id, 24, 'attempts')).toEqual(range(24).map((idx) => (idx < 20 ? '0' : null)));
    expect(bench.told.filter(({ batchId }) => batchId === id)).toEqual([]);

    const other = await bench.start(fast);
    await bench.waitForState(id, 'completed');
    await other.kill('SIGTERM');
    expect(await each(id, 24, 'attempts')).toEqual(range(24).map(() => '1'));
    expect(await each(id, 24, 'crashes')).toEqual(range(24).map(() => null));
  });

  test('is replaced at once when it is killed: the next attempt does not wait for the lease of 30 s', async () => {
    const id = await bench.newBatch({ total: 3 });
    await running(id, 3);
    const other = await bench.start(fast);
    const killedAt = Date.now();
    await slowWorker.kill('SIGKILL');
    expect(await bench.waitForState(id, 'completed', 20_000)).toMatchObject({ counts: { completed: 3 } });
    expect(Date.now() - killedAt).toBeLessThan(20_000);
    await other.kill('SIGTERM');
    expect(await each(id, 3, 'attempts')).toEqual(['2', '2', '2']);
    expect(await each(id, 3, 'crashes')).toEqual(['1', '1', '1']);
    expect(await each(id, 3, 'token')).toEqual(['2', '2', '2']);
  });
});
