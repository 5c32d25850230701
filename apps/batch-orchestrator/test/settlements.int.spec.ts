import { filesPerSettleMessage, fileSettled, newBatchId, queues } from '@image2model/contracts';
import type { OutboxRow, Settlements } from '@image2model/progress';
import { createMetrics } from '@image2model/service-kit';
import { closingAfterAll, waitFor, type AppProcess } from '@image2model/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { createRelay } from '../src/handlers/relay-completions.js';
import { openBench, type Bench } from './support/bench.js';

const closing = closingAfterAll();
const range = (count: number): number[] => Array.from({ length: count }, (_, idx) => idx);
let bench: Bench;
let app: AppProcess;

beforeAll(async () => {
  bench = closing(await openBench());
  app = await bench.start();
});

/** Everything that was told so far is dealt with: a later message has had its effect. */
const caughtUp = async (): Promise<void> => {
  const id = await bench.newBatch({ total: 1, lane: 'low' });
  await bench.conclude(id, 0);
  await bench.tellSettled(id, [0]);
  await bench.completion(id);
};
const concludeAll = async (id: string, total: number): Promise<void> => {
  await Promise.all(range(total).map((idx) => bench.conclude(id, idx)));
};

test('settlements that come early, late, twice and in any order change nothing but once', async () => {
  const id = await bench.newBatch({ total: 4 });
  // before anything is concluded: a message that overtook its own conclusion
  await bench.tellSettled(id, [3, 0, 1, 2]);
  await caughtUp();
  expect((await bench.batch(id)).counts).toMatchObject({ pending: 4, completed: 0 });

  const error = { kind: 'input', code: 'input.truncated', message: 'cut off', retryable: false } as const;
  await bench.conclude(id, 3, { outcome: 'failed', error });
  await bench.conclude(id, 1);
  await bench.conclude(id, 0);
  for (const files of [[3, 1], [1], [1, 1, 3, 2], [0], [3, 0]]) await bench.tellSettled(id, files);
  await caughtUp();
  expect((await bench.batch(id)).counts).toMatchObject({ pending: 1, completed: 2, failed: 1 });
  expect(bench.events.of('batch.completed', id)).toEqual([]);

  await bench.conclude(id, 2);
  await Promise.all(range(20).map(() => bench.tellSettled(id, [2, 0])));
  await bench.completion(id);
  await caughtUp();
  expect(await bench.completion(id)).toMatchObject([
    { id: `batch.completed:${id}:1`, status: 'partial', completed: 3, failed: 1 },
  ]);
});

test('files of batches and indexes that do not exist are acked and change nothing', async () => {
  const [unknown, id] = [newBatchId(), await bench.newBatch({ total: 1 })];
  await bench.tellSettled(unknown, [0, 1]);
  await bench.broker.publish(fileSettled, { batchId: '', payload: { files: [0] } });
  await bench.tellSettled(id, [1, 4_000_000_000]);
  await caughtUp();
  expect(app.exit).toBeUndefined();
  expect(await bench.broker.readyCount(queues.fileSettled.name)).toBe(0);
  expect(bench.events.of('message.dead-lettered')).toEqual([]);
  expect(await bench.redis('KEYS', `*${unknown}*`)).toEqual([]);
  expect(await bench.batch(id)).toMatchObject({ state: 'running', counts: { pending: 1 } });
});

test('a message may name 256 files', async () => {
  const id = await bench.newBatch({ total: filesPerSettleMessage });
  await concludeAll(id, filesPerSettleMessage);
  await bench.tellSettled(id, range(filesPerSettleMessage));
  expect(await bench.completion(id)).toMatchObject([{ status: 'completed', completed: 256 }]);
});

test('a storm of small messages about a batch ends it once', async () => {
  const total = 600;
  const id = await bench.newBatch({ total });
  await concludeAll(id, total);
  const twice = [...range(total), ...range(total).reverse()];
  await Promise.all(twice.map((idx) => bench.tellSettled(id, [idx])));
  await bench.completion(id);
  await caughtUp();
  await pause(100);
  expect(await bench.completion(id)).toMatchObject([{ status: 'completed', completed: total }]);
  expect(await bench.batch(id)).toMatchObject({ counts: { pending: 0, running: 0, completed: total } });
});

test('a completion that is written while an earlier relay reads the outbox is relayed by its own caller', async () => {
  const { progress, broker, logger } = bench;
  const id = await bench.newBatch({ total: 1 });
  await bench.conclude(id, 0);
  let isRead = false;
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const slowOutbox = async (batchId: string): Promise<OutboxRow[]> => {
    const rows = await progress.settlements.outbox(batchId);
    isRead = true;
    await gate;
    return rows;
  };
  const settlements = Object.create(progress.settlements, { outbox: { value: slowOutbox } }) as Settlements;
  const metrics = createMetrics({ service: 'batch-orchestrator', version: '0', processMetrics: false });
  const relay = createRelay({ broker, progress: { ...progress, settlements }, logger, metrics });
  const early = relay(id);
  await waitFor(() => isRead, { everyMs: 5, what: 'the outbox read' });
  expect(await progress.settlements.finish(id, [0])).toMatchObject({ ended: true });
  const own = relay(id);
  goOn();
  await Promise.all([early, own]);
  // at once: the reconciler would find it too, a minute later
  expect(await progress.settlements.outbox(id)).toEqual([]);
  expect(await bench.completion(id)).toMatchObject([{ status: 'completed', completed: 1 }]);
});
