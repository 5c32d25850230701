import { startSystem, waitFor, watchEvents, type EventWatcher, type System } from '@image2model/testing';

let system: System;
let watcher: EventWatcher;

beforeEach(async () => {
  system = await startSystem({ replicas: { 'model-worker': 2 }, env: { I2M_NOOP_MS: '50' } });
  watcher = await watchEvents(system.amqpUrl);
});
afterEach(async () => {
  await watcher.close();
  await system.stop();
});

test('process_batch and its chord: a worker and the orchestrator die in the middle of 1,000 files, nothing is lost, one completion', async () => {
  const { client } = system;
  const batch = await client.createNoopBatch(1_000);
  const settled = async (): Promise<number> => {
    const { completed, failed } = (await client.getBatch(batch.id)).counts;
    return completed + failed;
  };
  await waitFor(async () => (await settled()) > 150, { what: '150 files settled' });
  await system.kill('model-worker', 0);
  await waitFor(async () => (await settled()) > 400, { what: '400 files settled' });
  await system.kill('batch-orchestrator', 0);
  const killedAt = Date.now();
  await system.restart('batch-orchestrator', 0);
  const end = await client.waitForTerminal(batch.id, 90_000);
  expect(Date.now() - killedAt).toBeLessThan(90_000);
  expect(end).toMatchObject({
    status: 'completed',
    counts: { completed: 1_000, pending: 0, running: 0, failed: 0, cancelled: 0 },
  });
  const files = await client.listFiles(batch.id);
  expect(new Set(files.map((file) => file['idx'])).size).toBe(1_000);
  expect(files.every((file) => file['status'] === 'completed')).toBe(true);
  await waitFor(() => watcher.of('batch.completed', batch.id).length > 0, { what: 'the completion' });
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(new Set(watcher.of('batch.completed', batch.id).map(({ id }) => id))).toEqual(
    new Set([`batch.completed:${batch.id}:1`]),
  );
});

test('the gateway dies after the 202: the batch goes on and is there when it is back', async () => {
  const { client } = system;
  const batch = await client.createNoopBatch(200);
  await system.kill('gateway', 0);
  await system.restart('gateway', 0);
  expect((await client.waitForTerminal(batch.id)).status).toBe('completed');
});
