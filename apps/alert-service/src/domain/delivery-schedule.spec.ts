import { queues } from '@image2model/contracts';
import { webhookConfig } from '../webhook-config.js';
import { afterFailure, hopOf, parseSchedule, verdictOf } from './delivery-schedule.js';

const rungsOf = queues.webhookDeliver.delays;
const usual = webhookConfig.WEBHOOK_RETRY_SCHEDULE_S.parse(undefined);

describe('the schedule', () => {
  it('is 8 tries over 24 h by default', () => {
    const waits: number[] = [];
    for (let tried = 0; ; tried += 1) {
      const end = afterFailure(usual, tried, 0);
      if (end.state !== 'pending') {
        expect(end).toEqual({ state: 'failed' });
        break;
      }
      waits.push(end.waitMs);
    }
    expect(waits).toHaveLength(7);
    expect(waits.slice(0, 3)).toEqual([10_000, 50_000, 240_000]);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(86_400_000);
  });

  it('is stretched by up to a tenth', () => {
    expect(afterFailure([0, 10], 0, 0.5)).toEqual({ state: 'pending', waitMs: 10_500 });
  });

  it.each(['', 'x', '0,-1', '0,5,4', '1.5'])('is not %j', (text) => {
    expect(typeof parseSchedule(text)).toBe('string');
  });
});

it.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [199, 'failed'],
  [302, 'failed'],
  [404, 'failed'],
  [410, 'gone'],
  [500, 'failed'],
  [null, 'failed'],
] as const)('an answer %j is %s', (status, verdict) => {
  expect(verdictOf({ status })).toBe(verdict);
});

it('long waits hop along the ladder without overshooting', () => {
  let leftMs = 8 * 3_600_000 + 7_000;
  const hops: string[] = [];
  for (let rung = hopOf(leftMs, rungsOf); rung !== undefined; rung = hopOf(leftMs, rungsOf)) {
    hops.push(rung.name);
    leftMs -= rung.delayMs;
  }
  expect(hops.filter((name) => name === '15m')).toHaveLength(32);
  expect(hops.at(-1)).toBe('5s');
  expect(leftMs).toBe(2_000);
});
