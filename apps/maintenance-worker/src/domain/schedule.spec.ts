import { startTicksAt, tickAt, type Schedule } from './schedule.js';
import type { Timing } from './timing.js';

const hourly = Date.UTC(2026, 0, 1, 12, 0, 0);
const make = (timing: Timing, afterStartS: number[] = []): Schedule => ({
  job: 'health-check',
  timing,
  priority: 5,
  afterStartS,
});

describe('tickAt', () => {
  it('is the same for everybody within a period, and another one in the next', () => {
    const every = make({ everyS: 600 });
    expect(tickAt(every, hourly)).toEqual({
      id: `tick:health-check:${hourly / 600_000}`,
      job: 'health-check',
      n: hourly / 600_000,
      periodMs: 600_000,
    });
    expect(tickAt(every, hourly + 599_999)).toEqual(tickAt(every, hourly));
    expect(tickAt(every, hourly + 600_000)?.n).toBe(hourly / 600_000 + 1);
  });

  it('reads cron expressions in UTC', () => {
    const daily = make({ cron: '30 3 * * *' });
    const at = Date.UTC(2026, 0, 1, 3, 30);
    expect(tickAt(daily, at)).toMatchObject({ n: at / 1_000, periodMs: 86_400_000 });
    expect(tickAt(daily, at - 1)?.n).toBe(at / 1_000 - 86_400);
    expect(tickAt(daily, at + 86_399_999)?.n).toBe(at / 1_000);
  });

  it('has one tick after a long stop, however many were missed', () => {
    const every = make({ everyS: 60 });
    expect(tickAt(every, hourly + 3_600_000)?.n).toBe(hourly / 60_000 + 60);
  });

  it('has none on demand', () => {
    expect(tickAt(make('on-demand'), hourly)).toBeUndefined();
  });
});

describe('startTicksAt', () => {
  const schedule = make({ everyS: 600 }, [0, 61]);

  it('is due when its time after the start has come', () => {
    expect(startTicksAt(schedule, hourly, hourly)).toHaveLength(1);
    expect(startTicksAt(schedule, hourly, hourly + 61_000).map(({ id }) => id)).toEqual([
      `tick:health-check:start-${hourly / 30_000}-0`,
      `tick:health-check:start-${hourly / 30_000}-61`,
    ]);
  });

  it('is shared by replicas that start together', () => {
    expect(startTicksAt(schedule, hourly + 5_000, hourly + 6_000)).toEqual(
      startTicksAt(schedule, hourly, hourly + 100),
    );
  });
});
