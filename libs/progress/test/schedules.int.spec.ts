import { progress, raw } from './support/store.js';

const row = { job: 'clean-up' as const, when: 'every 3600 s', priority: 1, nextRunMs: 7_200_000 };
const run = { atMs: 1, tookMs: 2, outcome: 'done' as const, detail: 'removed 1 batch', by: 'm-1' };
const now = 1_000_000;

test('the timetable shows when jobs run and ran', async () => {
  await progress.schedules.publish([{ ...row, job: 'finish-deletions', nextRunMs: null }, row], now);
  await progress.schedules.noteRun('clean-up', run);
  expect(await progress.schedules.list(now + 1_000)).toEqual([
    { ...row, lastRun: run },
    { ...row, job: 'finish-deletions', nextRunMs: null, lastRun: null },
  ]);
});

test('the latest run counts; its detail is cut', async () => {
  await progress.schedules.publish([row], now);
  await progress.schedules.noteRun('clean-up', run);
  await progress.schedules.noteRun('clean-up', { ...run, outcome: 'failed', detail: 'x'.repeat(2_000) });
  const [found] = await progress.schedules.list(now);
  expect(found?.lastRun).toEqual({ ...run, outcome: 'failed', detail: 'x'.repeat(500) });
});

test('nobody promises a next run while no maintenance worker publishes', async () => {
  await progress.schedules.publish([row], now);
  expect((await progress.schedules.list(now + 59_000))[0]?.nextRunMs).toBe(7_200_000);
  expect((await progress.schedules.list(now + 61_000))[0]?.nextRunMs).toBeNull();
});

test('what another version wrote is left out', async () => {
  await progress.schedules.publish([row], now);
  await raw.hset('i2m:schedules', 'health-check', '{"job":"health-check"}', 'clean-up', 'no json');
  await raw.hset('i2m:schedules:runs', 'clean-up', '{}');
  expect(await progress.schedules.list(now)).toMatchObject([{ job: 'finish-deletions' }]);
});
