import {
  healthHistorySchema,
  jobAskedSchema,
  laneQueues,
  logLevelSetSchema,
  opsLaneListSchema,
  opsLaneSchema,
  opsWorkerSchema,
  purgedSchema,
  scheduleListSchema,
  type OpsWorker,
} from '@image2model/contracts';
import { startSystem, waitFor, type System } from '@image2model/testing';
import { createOperator, type Operator } from './support/operator.js';

/** All five services, and what an operator does to them. */
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

describe('purge', () => {
  it('happens only when it is confirmed, and is told in the log and in the feed', async () => {
    const queue = laneQueues.low.name;
    for (const body of [undefined, {}, { confirm: 'another' }]) {
      const answer = await ask('POST', `queues/${queue}/purge`, body);
      expect([answer.status, answer.body]).toEqual([
        422,
        expect.objectContaining({ code: 'confirm_required', detail: expect.stringContaining(queue) }),
      ]);
    }
    const { status, body } = await ask('POST', `queues/${queue}/purge`, { confirm: queue });
    expect([status, purgedSchema.parse(body)]).toEqual([200, { queue, purged: 0 }]);
    const keyId = system.apiKey.slice(4, 12);
    expect(system.logs()).toMatch(
      new RegExp(`operator: purged 0 messages from ${queue}.*${keyId}|${keyId}.*operator: purged`),
    );
    const events = await readUntil('', (seen) => seen.some(({ event }) => event === 'queue.purged'));
    expect(events.find(({ event }) => event === 'queue.purged')?.data).toMatchObject({
      by: `key:${keyId}`,
      details: { queue, purged: 0 },
    });
  });
});

describe('debug logging', () => {
  it('is switched on for a service while it runs', async () => {
    const levelOf = async (): Promise<string | undefined> => (await workers('alert-service'))[0]?.log_level;
    const set = await ask('PUT', 'log-level', { level: 'debug', service: 'alert-service', minutes: 5 });
    expect(set.status).toBe(200);
    expect(logLevelSetSchema.parse(set.body)).toMatchObject({ level: 'debug', service: 'alert-service' });
    await waitFor(async () => (await levelOf()) === 'debug', { what: 'debug' });
    expect((await workers('model-worker'))[0]?.log_level).toBe('info');
    const back = await ask('PUT', 'log-level', { level: 'default', service: 'alert-service' });
    expect(logLevelSetSchema.parse(back.body)).toMatchObject({ until: null });
    const refused = await ask('PUT', 'log-level', { level: 'verbose' });
    expect(refused.status).toBe(422);
  });
});

describe('lanes', () => {
  it('stand still when they are paused, and go on when they are resumed', async () => {
    const paused = await ask('POST', 'lanes/low/pause', { detail: 'stock-taking' });
    expect(opsLaneSchema.parse(paused.body)).toMatchObject({
      lane: 'low',
      paused: { detail: 'stock-taking' },
    });
    const again = await ask('POST', 'lanes/low/pause');
    expect(again.body).toMatchObject({ paused: { detail: 'stock-taking' } });
    const batch = await system.client.createNoopBatch(2, { priority: 'low' });
    const lanes = await waitFor(
      async () => {
        const { data } = opsLaneListSchema.parse(await get('lanes'));
        return data.find(({ lane, batches }) => lane === 'low' && batches === 1);
      },
      { what: 'the batch in its lane' },
    );
    expect(lanes.paused?.by).toBe(`key:${system.apiKey.slice(4, 12)}`);
    expect((await system.client.getBatch(batch.id)).counts).toMatchObject({ completed: 0 });
    expect((await ask('POST', 'lanes/low/resume')).body).toMatchObject({ paused: null });
    expect(await system.client.waitForTerminal(batch.id)).toMatchObject({ status: 'completed' });
    const events = await readUntil('', (seen) => seen.some(({ event }) => event === 'lane.resumed'));
    expect(events.filter(({ event }) => event === 'lane.paused')).toHaveLength(1);
  });
});

describe('maintenance', () => {
  it('checks the health now: its report is the first of the list', async () => {
    const before = new Date().toISOString();
    const asked = await ask('POST', 'maintenance/health-check');
    expect([asked.status, jobAskedSchema.parse(asked.body).job]).toEqual([202, 'health-check']);
    const report = await waitFor(
      async () =>
        healthHistorySchema
          .parse(await get('health?limit=1'))
          .data.find(({ checked_at }) => checked_at >= before),
      { timeoutMs: 90_000, what: 'a report' },
    );
    expect(['healthy', 'degraded', 'critical']).toContain(report.status);
  });

  it.each([
    ['clean-up', {}, 'clean-up'],
    ['cleanup', { emergency: true }, 'emergency-clean-up'],
  ])('runs %s %j only when it is confirmed', async (path, body, job) => {
    expect((await ask('POST', `maintenance/${path}`, body)).body).toMatchObject({ code: 'confirm_required' });
    const asked = await ask('POST', `maintenance/${path}`, { ...body, confirm: job });
    expect([asked.status, jobAskedSchema.parse(asked.body)]).toEqual([
      202,
      { job, id: expect.stringMatching(/^manual:/) },
    ]);
  });

  it('shows the timetable with the last run', async () => {
    const { data } = await waitFor(
      async () => {
        const list = scheduleListSchema.parse(await get('schedules'));
        return list.data.some(({ job, last_run }) => job === 'clean-up' && last_run !== null)
          ? list
          : undefined;
      },
      { timeoutMs: 90_000, what: 'the last run of clean-up' },
    );
    expect(data.map(({ job }) => job)).toEqual(expect.arrayContaining(['health-check', 'clean-up']));
  });
});

describe('a worker', () => {
  it('drains when that is confirmed, stays idle, and takes work again', async () => {
    const id = firstId(await workers('model-worker'));
    expect((await ask('POST', `workers/${id}/drain`)).body).toMatchObject({ code: 'confirm_required' });
    const told = await ask('POST', `workers/${id}/drain`, { confirm: id, then: 'idle' });
    expect([told.status, opsWorkerSchema.parse(told.body).id]).toEqual([202, id]);
    const state = async (): Promise<string> => opsWorkerSchema.parse(await get(`workers/${id}`)).state;
    await waitFor(async () => (await state()) === 'drained', { what: 'drained' });
    expect((await ask('POST', `workers/${id}/resume`)).status).toBe(202);
    await waitFor(async () => (await state()) === 'running', { what: 'running' });
  });
});
