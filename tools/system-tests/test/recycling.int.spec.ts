import { services } from '@image2model/contracts';
import { startSystem, waitFor, watchEvents } from '@image2model/testing';
import { keepRunning } from './support/keep-running.js';

/** More than what recycles a process, so that the services that see a batch once are recycled too. */
const batches = 24;
const files = 12;
const patienceMs = 90_000;

/** A gateway that comes up again refuses connections for a moment; what it did not take was not begun. */
const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
  const asked = async (): Promise<{ answer: T }> => ({ answer: await ask() });
  return (await waitFor(asked, { everyMs: 50, timeoutMs: patienceMs })).answer;
};

test('max_tasks_per_child: all services recycle themselves under work; every file completes once', async () => {
  const system = await startSystem({ env: { RECYCLE_AFTER_TASKS: '20', I2M_NOOP_MS: '30' } });
  const watcher = await watchEvents(system.amqpUrl);
  const keeper = keepRunning(system);
  const { client } = system;
  try {
    const ids: string[] = [];
    for (let at = 0; at < batches; at += 1)
      ids.push((await patiently(() => client.createNoopBatch(files))).id);
    for (const id of ids) {
      await patiently(async () => expect((await client.getBatch(id)).status).toBe('completed'));
      const all = await patiently(() => client.listFiles(id));
      expect(all).toHaveLength(files);
      expect(all.filter(({ attempts, status }) => attempts !== 1 || status !== 'completed')).toEqual([]);
      await waitFor(() => watcher.of('batch.completed', id).length > 0, { what: 'the completion' });
      expect(new Set(watcher.of('batch.completed', id).map((event) => event.id)).size).toBe(1);
    }
    // tasks for the maintenance worker
    for (const id of ids)
      await patiently(async () =>
        expect([204, 404]).toContain((await client.request('DELETE', `/v1/batches/${id}`)).status),
      );
    await waitFor(() => services.every((name) => keeper.exits(name).length > 0), {
      timeoutMs: patienceMs,
      what: 'a recycled process of every service',
    });
    for (const name of services)
      expect(keeper.exits(name).every(({ code, signal }) => code === 0 && signal === null)).toBe(true);
    expect(system.logs().match(/"reason":"recycled after \d+ tasks/g)?.length).toBeGreaterThanOrEqual(5);
  } finally {
    await keeper.stop();
    await watcher.close();
    await system.stop();
  }
});
