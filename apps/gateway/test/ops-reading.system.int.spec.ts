import {
  laneQueues,
  opsQueueListSchema,
  opsWorkerSchema,
  overviewSchema,
  type OpsWorker,
} from '@image2model/contracts';
import { startSystem, waitFor, type BatchView, type System } from '@image2model/testing';
import { createOperator, type Operator } from './support/operator.js';

/** All five services, and what an operator sees of them. */
let system: System;
let operator: Operator;
beforeAll(async () => {
  system = await startSystem({ env: { I2M_NOOP_MS: '400' } });
  operator = createOperator(system);
});
afterAll(() => system.stop());

const get = (path: string): Promise<unknown> => operator.get(path);
const ask: Operator['ask'] = (...args) => operator.ask(...args);
const readUntil: Operator['events'] = (...args) => operator.events(...args);
const workers = (service: string): Promise<OpsWorker[]> => operator.workers(service);
const firstId = ([worker]: OpsWorker[]): string => worker?.id ?? 'none';

describe('Flower with basic auth: tasks, workers, queues', () => {
  it('the overview tells of everything at one look', async () => {
    const overview = await waitFor(
      async () => {
        const view = overviewSchema.parse(await get('overview'));
        const all = Object.values(view.services).every(({ live }) => live === 1);
        return view.health !== null && all ? view : undefined;
      },
      { what: 'a first health check and all services' },
    );
    expect(overview.services).toEqual({
      gateway: { live: 1, draining: 0 },
      'batch-orchestrator': { live: 1, draining: 0 },
      'model-worker': { live: 1, draining: 0 },
      'maintenance-worker': { live: 1, draining: 0 },
      'alert-service': { live: 1, draining: 0 },
    });
    expect(overview).toMatchObject({
      backlog: { batches_active: 0, files_pending: 0, files_running: 0, oldest_waiting_seconds: null },
      queues: { dead: 0 },
      dead_letters_open: 0,
      lanes: [
        { lane: 'high', paused: null },
        { lane: 'normal', paused: null },
        { lane: 'low', paused: null },
      ],
      providers: [],
    });
  });

  it('the queues are those of the topology, each with somebody who consumes it', async () => {
    const { data } = opsQueueListSchema.parse(await get('queues'));
    const consumed = data.filter(({ role, consumers }) => role === 'work' && consumers > 0);
    expect(new Set(consumed.map(({ service }) => service))).toEqual(
      new Set(['batch-orchestrator', 'model-worker', 'maintenance-worker', 'alert-service']),
    );
    expect(data.find(({ name }) => name === laneQueues.low.name)).toMatchObject({
      service: 'model-worker',
      role: 'work',
      task: 'model.generate',
      ready: 0,
    });
    expect(data.map(({ name }) => name)).toContain('delay.5s.batch-orchestrator.file.settled');
  });
});

describe('inspect active/registered/reserved/stats', () => {
  let batch: BatchView;
  beforeAll(async () => {
    batch = await system.client.createNoopBatch(1_000, { priority: 'high' });
  });
  afterAll(() => system.client.request('POST', `/v1/batches/${batch.id}/cancel`));

  it('a worker says what it has in work, what it holds in reserve, what it can do, how it is', async () => {
    const worker = await waitFor(
      async () => (await workers('model-worker')).find(({ active }) => active.length > 0),
      { what: 'a busy worker' },
    );
    expect(worker.active[0]).toMatchObject({
      task: 'model.generate',
      queue: laneQueues.high.name,
      batch_id: batch.id,
    });
    expect(worker.active_count).toBeGreaterThan(0);
    expect(worker.reserved_count).toBeGreaterThanOrEqual(0);
    expect(worker.registered.map(({ queue }) => queue)).toEqual(
      expect.arrayContaining(Object.values(laneQueues).map(({ name }) => name)),
    );
    expect(worker.stats.rss_mb).toBeGreaterThan(10);
    expect(worker).toMatchObject({ state: 'running', config: { I2M_NOOP_MS: expect.anything() } });
    expect(JSON.stringify(worker)).not.toContain(system.apiKey.slice(13));
    expect(opsWorkerSchema.parse(await get(`workers/${worker.id}`)).id).toBe(worker.id);
  });

  it('the queues say who has unacknowledged messages of them', async () => {
    const queue = await waitFor(
      async () => {
        const found = await operator.queue(laneQueues.high.name);
        return (found?.unacked ?? 0) > 0 ? found : undefined;
      },
      { what: 'unacknowledged messages' },
    );
    expect(queue.consumers).toBeGreaterThan(0);
  });

  it('a name that is not known is answered with those that are', async () => {
    const { status, body } = await ask('GET', 'workers/nobody');
    expect([status, body]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
    expect(JSON.stringify(body)).toContain(firstId(await workers('model-worker')));
    const calls: [method: string, path: string, known: RegExp][] = [
      ['POST', 'queues/celery/purge?confirm=true', /There are: .*model-worker\.model\.generate\.low/],
      ['POST', 'lanes/fast/pause', /There are: high, normal, low/],
      ['POST', 'lanes/fast/resume', /There are: high, normal, low/],
      ['POST', 'providers/other/pause', /There is no paid provider other\. There is none now/],
      ['POST', 'workers/nobody/drain?confirm=true', /There are: /],
      ['POST', 'workers/nobody/resume', /There are: /],
    ];
    for (const [method, path, known] of calls) {
      const answer = await ask(method, path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(JSON.stringify(answer.body)).toMatch(known);
    }
  });
});

const isOf = (id: string, { batch_id, details }: Record<string, unknown>): boolean =>
  batch_id === id || (typeof details === 'object' && JSON.stringify(details).includes(id));

describe('events', () => {
  it('tell of a batch and of its files while they happen, and are told once', async () => {
    let id = '';
    const from = (await readUntil('', (seen) => seen.length > 0)).at(-1)?.id ?? '0-0';
    const reading = readUntil(
      '?files=true',
      (seen) =>
        seen.some(({ event, data }) => event === 'batch.completed' && isOf(id, data)) &&
        seen.filter(({ event, data }) => event === 'file.completed' && isOf(id, data)).length === 3,
      from,
    );
    id = (await system.client.createNoopBatch(3)).id;
    const events = (await reading).filter(({ data }) => isOf(id, data));
    const counts = new Map<string, number>();
    for (const { event } of events) counts.set(event, (counts.get(event) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      'batch.accepted': 1,
      'file.started': 3,
      'file.completed': 3,
      'batch.completed': 1,
    });
    expect(events.filter((event) => event.id !== undefined).map(({ event }) => event)).toEqual([
      'batch.accepted',
      'batch.completed',
    ]);
    const accepted = events.find(({ event }) => event === 'batch.accepted');
    const replayed = await readUntil('', (seen) => seen.some(({ data }) => isOf(id, data)), accepted?.id);
    expect(replayed.find(({ data }) => isOf(id, data))).toMatchObject({ event: 'batch.completed' });
  });

  it('begin with what happened last, and refuse an id that is none', async () => {
    const events = await readUntil('', (seen) => seen.length > 3);
    expect(events.map(({ event }) => event)).toContain('worker.started');
    const { status, body } = await system.client.request('GET', '/v1/ops/events', {
      headers: { 'last-event-id': 'yesterday' },
    });
    expect([status, body]).toEqual([400, expect.objectContaining({ code: 'invalid_request' })]);
  });
});
