import { modelGenerate, sealEnvelope } from '@image2model/contracts';
import {
  publishBytes,
  startSystem,
  waitFor,
  watchEvents,
  type EventWatcher,
  type System,
} from '@image2model/testing';

let system: System;
let watcher: EventWatcher;
beforeAll(async () => {
  system = await startSystem({ env: { I2M_NOOP_MS: '400', WORKER_CONCURRENCY: '1' } });
  watcher = await watchEvents(system.amqpUrl);
});
afterAll(async () => {
  await watcher.close();
  await system.stop();
});

const send = (body: string): Promise<void> =>
  publishBytes(system.amqpUrl, 'tasks', 'model.generate.normal', Buffer.from(body));
const reasons = (): string[] =>
  watcher.of('message.dead-lettered').map(({ payload }) => String(payload['reason']));

test('malformed messages and unknown versions are set aside with their reason; the batch goes on', async () => {
  const batch = await system.client.createNoopBatch(5);
  const envelope = sealEnvelope(modelGenerate, { batchId: batch.id, fileIdx: 4, payload: { gen: 0 } });
  await send('{ this is not json');
  await send(JSON.stringify({ ...envelope, payload: { gen: 'first' }, fileIdx: 99_999 }));
  await waitFor(() => reasons().length === 2, { what: 'two dead letters' });
  expect(reasons()).toEqual([
    expect.stringContaining('not_json'),
    expect.stringContaining('invalid_payload'),
  ]);
  expect(await system.client.waitForTerminal(batch.id)).toMatchObject({
    status: 'completed',
    counts: { completed: 5 },
  });
});

test('a dead letter about a file condemns that file and no other', async () => {
  const batch = await system.client.createNoopBatch(6);
  const envelope = sealEnvelope(modelGenerate, { batchId: batch.id, fileIdx: 5, payload: { gen: 0 } });
  await send(JSON.stringify({ ...envelope, version: 99 }));
  const end = await system.client.waitForTerminal(batch.id);
  expect(end).toMatchObject({ status: 'partial', counts: { completed: 5, failed: 1 } });
  const files = await system.client.listFiles(batch.id);
  expect(files[5]).toMatchObject({
    status: 'failed',
    error: { code: 'dead_letter', message: expect.stringContaining('unknown_version') },
  });
});
