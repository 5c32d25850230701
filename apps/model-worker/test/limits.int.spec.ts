import { closingAfterAll, type AppProcess } from '@image2model/testing';
import { openBench, type Bench } from './support/bench.js';

const closing = closingAfterAll();
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
});

describe('a generation that takes a minute', () => {
  let worker: AppProcess;
  beforeAll(async () => {
    worker = await bench.start({ I2M_NOOP_MS: '60000', SOFT_LIMIT_S: '1', HARD_LIMIT_S: '2' });
  });
  afterAll(() => worker.kill('SIGTERM'));

  test('soft limit 1500 s, hard limit 1800 s: is reported as slow at the one and fails as timeout, once, at the other', async () => {
    const startedAt = Date.now();
    const id = await bench.newBatch({ total: 1 });
    await bench.waitForState(id, 'failed', 20_000);
    expect(Date.now() - startedAt).toBeGreaterThan(1_900);
    expect(Date.now() - startedAt).toBeLessThan(20_000);
    expect(await bench.file(id, 0)).toMatchObject({
      attempts: 1,
      error: { code: 'timeout', message: expect.stringContaining('2 s'), retryable: true },
    });
    const slow = worker
      .output()
      .split('\n')
      .filter((line) => line.includes('slow generation'));
    expect(slow.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'warn', batchId: id, fileIdx: 0, softLimitS: 1 }),
    ]);
  });
});

test('many files that end together are told in few messages', async () => {
  await bench.start({ I2M_NOOP_MS: '0' });
  const id = await bench.newBatch({ total: 500 });
  expect(await bench.waitForState(id, 'completed')).toMatchObject({ counts: { completed: 500 } });
  const messages = bench.told.filter(({ batchId }) => batchId === id);
  expect(messages.flatMap(({ files }) => files).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 500 }, (_, idx) => idx),
  );
  expect(messages.length).toBeLessThan(150);
});
