import { configSchema } from '../config.js';
import { rowsAt, schedulesOf } from './schedules.js';

const noon = Date.UTC(2026, 0, 1, 12);
const table = (env: Record<string, string>): unknown => rowsAt(schedulesOf(configSchema.parse(env)), noon);

test('cleanup_old_files hourly, system_health_check every 10 min, emergency_cleanup at priority 10', () => {
  expect(table({})).toEqual([
    { job: 'health-check', priority: 5, when: 'every 600 s', nextRunMs: noon + 600_000 },
    { job: 'clean-up', priority: 1, when: 'every 3600 s', nextRunMs: noon + 3_600_000 },
    { job: 'emergency-clean-up', priority: 10, when: 'on demand', nextRunMs: null },
    { job: 'finish-deletions', priority: 1, when: 'every 60 s', nextRunMs: noon + 60_000 },
  ]);
});

test('the timetable is data: every job by an interval, a cron expression, or on demand', () => {
  const env = {
    HEALTH_CHECK_SCHEDULE: '*/5 * * * *',
    CLEAN_UP_SCHEDULE: '30 3 * * *',
    EMERGENCY_CLEAN_UP_SCHEDULE: '1s',
    DELETION_SWEEP_SCHEDULE: 'off',
  };
  expect(table(env)).toEqual([
    { job: 'health-check', priority: 5, when: '*/5 * * * *', nextRunMs: noon + 300_000 },
    { job: 'clean-up', priority: 1, when: '30 3 * * *', nextRunMs: Date.UTC(2026, 0, 2, 3, 30) },
    { job: 'emergency-clean-up', priority: 10, when: 'every 1 s', nextRunMs: noon + 1_000 },
    { job: 'finish-deletions', priority: 1, when: 'on demand', nextRunMs: null },
  ]);
});

test('a schedule that cannot be read is refused by its name', () => {
  const { error } = configSchema.safeParse({ CLEAN_UP_SCHEDULE: 'hourly' });
  expect(error?.issues).toMatchObject([
    { path: ['CLEAN_UP_SCHEDULE'], message: expect.stringContaining('cron expression in UTC') },
  ]);
});
