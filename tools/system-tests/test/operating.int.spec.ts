import { startSystem, waitFor, type AppProcess, type System } from '@image2model/testing';
import { countCommands } from './support/count-commands.js';
import { operatorOf, type Operator } from './support/operator.js';

const slots = 4;
const atRestMs = 10_500;

let system: System;
let operator: Operator;
beforeAll(async () => {
  system = await startSystem({
    replicas: { 'model-worker': 2 },
    env: {
      ...{ I2M_NOOP_MS: '100', WORKER_CONCURRENCY: String(slots) },
      ...{ WORKER_PREFETCH: '40', WORKER_PREFETCH_MOST: '40', LANE_LEASE_MS: '1500' },
    },
  });
  operator = operatorOf(system);
});
afterAll(() => system.stop());

const processOf = (name: AppProcess['name'], index = 0): AppProcess => {
  const found = system.processes(name).find((one) => one.index === index);
  if (found === undefined) throw new Error(`no ${name} ${index}`);
  return found;
};
const completed = async (id: string): Promise<number> => (await system.client.getBatch(id)).counts.completed;

async function drain(pid: number, then: 'restart' | 'idle'): Promise<void> {
  const worker = await waitFor(() => operator.worker(pid), { what: `process ${pid} in the ops API` });
  await operator.post(`workers/${worker.id}/drain`, { confirm: worker.id, then });
}
async function resume(pid: number): Promise<void> {
  await operator.post(`workers/${(await operator.worker(pid))?.id}/resume`);
  await operator.until(pid, 'running');
}

/** All of them once, none in vain. */
async function expectOnceEach(id: string, total: number): Promise<void> {
  expect(await system.client.waitForTerminal(id, 60_000)).toMatchObject({ status: 'completed' });
  const files = await system.client.listFiles(id);
  expect(files).toHaveLength(total);
  expect(files.filter(({ attempts, status }) => attempts !== 1 || status !== 'completed')).toEqual([]);
}

test('worker profiles and process title: each process shows its concurrency, tasks, load and configuration', async () => {
  const [worker] = await waitFor(async () => {
    const all = await operator.workers('model-worker');
    return all.length === 2 ? all : undefined;
  });
  expect(worker).toMatchObject({ state: 'running', slots, log_level: 'info' });
  expect(worker?.registered.map(({ task }) => task)).toContain('model.generate');
  expect(worker?.config).toMatchObject({ WORKER_CONCURRENCY: slots, RECYCLE_AFTER_TASKS: 0 });
  expect(Number(worker?.stats['rss_mb'])).toBeGreaterThan(20);
  const [gateway] = await operator.workers('gateway');
  expect(gateway?.config['I2M_API_KEYS']).toBe('set');
  expect(JSON.stringify(gateway)).not.toContain(system.apiKey);
});

test('five services at rest ask Redis at most 50 times a second', async () => {
  const counts = [...(await countCommands(system.redisUrl, atRestMs))].sort(([, a], [, b]) => b - a);
  const perSecond = counts.reduce((sum, [, times]) => sum + times, 0) / (atRestMs / 1_000);
  const shown = counts.slice(0, 12).map(([command, times]) => `${command} ${times}`);
  process.stdout.write(`Redis commands at rest: ${perSecond.toFixed(1)}/s (${shown.join(', ')})\n`);
  expect(perSecond).toBeLessThanOrEqual(50);
  expect(perSecond).toBeGreaterThan(1);
});

test('a drained worker is gone within 10 s in the middle of a batch; nothing is lost or done twice', async () => {
  const total = 300;
  const { id } = await system.client.createNoopBatch(total);
  await waitFor(async () => (await completed(id)) > 20, { what: 'the batch to be under way' });
  const leaving = processOf('model-worker', 1);
  const from = Date.now();
  await drain(leaving.pid, 'restart');
  await waitFor(() => leaving.exit, { timeoutMs: 10_000, what: 'the end of the worker' });
  expect(Date.now() - from).toBeLessThan(10_000);
  expect(leaving.exit).toEqual({ code: 0, signal: null });
  expect(leaving.output()).toContain('drained by key:');
  expect(await operator.worker(leaving.pid)).toBeUndefined();
  await expectOnceEach(id, total);
});

test('an idle worker and an idle orchestrator take nothing until they are resumed', async () => {
  const workers = system.processes('model-worker').filter(({ exit }) => exit === undefined);
  for (const { pid } of workers) await drain(pid, 'idle');
  for (const { pid } of workers) await operator.until(pid, 'drained');
  const { pid, adminUrl } = processOf('model-worker');
  expect((await fetch(`${adminUrl}/readyz`)).status).toBe(503);
  const { id } = await system.client.createNoopBatch(30);
  await waitFor(async () => (await readyIn('normal')) >= 30, { what: 'the batch to be handed out' });
  expect(await completed(id)).toBe(0);
  const orchestrator = processOf('batch-orchestrator').pid;
  await drain(orchestrator, 'idle');
  await operator.until(orchestrator, 'drained');
  await resume(pid);
  expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
  await waitFor(async () => (await readyIn('normal')) === 0, { what: 'the worker to take it' });
  const second = await system.client.createNoopBatch(10);
  expect((await system.client.getBatch(id)).status).not.toBe('completed');
  await resume(orchestrator);
  await expectOnceEach(id, 30);
  await expectOnceEach(second.id, 10);
});

test('a paused lane ends what is in hand and stands still over restarts, while another goes on; resumed it ends', async () => {
  const total = 200;
  const { id } = await system.client.createNoopBatch(total);
  await waitFor(async () => (await completed(id)) > 5);
  await operator.post('lanes/normal/pause', { detail: 'tonight' });
  const whenPaused = await completed(id);
  await operator.post('lanes/low/pause');
  const running = async (): Promise<number> => (await system.client.getBatch(id)).counts.running;
  // twice: between one file and the next there may be none
  const atRest = async (): Promise<boolean> => {
    if ((await running()) > 0) return false;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return (await running()) === 0;
  };
  await waitFor(atRest, { what: 'what is in hand to end' });
  const before = await completed(id);
  await Promise.all([system.restart('batch-orchestrator'), system.restart('model-worker', 0)]);
  const late = await system.client.createNoopBatch(5, { priority: 'low' });
  const other = await system.client.createNoopBatch(20, { priority: 'high' });
  await expectOnceEach(other.id, 20);
  expect([await completed(id), await readyIn('low')]).toEqual([before, 0]);
  // of the 80 that were fetched only those in a slot are ended, and what was begun before the order came
  expect(before - whenPaused).toBeLessThan(8 * slots);
  await operator.post('lanes/normal/resume');
  await operator.post('lanes/low/resume');
  await expectOnceEach(id, total);
  await expectOnceEach(late.id, 5);
});

test('the log level of a service changes while it runs, and back', async () => {
  const levelOf = async (name: AppProcess['name']): Promise<string | undefined> =>
    (await operator.worker(processOf(name).pid))?.log_level;
  await operator.put('log-level', { level: 'debug', service: 'model-worker', minutes: 5 });
  await waitFor(async () => (await levelOf('model-worker')) === 'debug', { what: 'the level debug' });
  expect(await levelOf('gateway')).toBe('info');
  await operator.put('log-level', { level: 'error', minutes: 5 });
  await waitFor(async () => (await levelOf('model-worker')) === 'error');
  await operator.put('log-level', { level: 'default', minutes: 5 });
  await waitFor(async () => (await levelOf('model-worker')) === 'info');
});

async function readyIn(lane: string): Promise<number> {
  const { body } = await system.client.request('GET', '/v1/ops/lanes');
  const { data } = body as { data: { lane: string; ready: number }[] };
  return data.find((one) => one.lane === lane)?.ready ?? -1;
}
