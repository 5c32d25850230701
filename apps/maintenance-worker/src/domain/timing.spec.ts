import { describeTiming, nextRunAt, parseTiming } from './timing.js';

describe('parseTiming', () => {
  it.each([
    ['3600', { everyS: 3_600 }],
    ['1s', { everyS: 1 }],
    ['10m', { everyS: 600 }],
    ['1h', { everyS: 3_600 }],
    ['1 d', { everyS: 86_400 }],
    ['30 3 * * *', { cron: '30 3 * * *' }],
    ['*/10 * * * * *', { cron: '*/10 * * * * *' }],
    ['off', 'on-demand'],
  ])('reads %p', (text, timing) => {
    expect(parseTiming(text)).toEqual(timing);
  });

  it.each(['', '0', '0s', '32d', '1w', 'hourly', '-5', '1.5h', '61 * * * *', '* * * *', '0 0 30 2 *'])(
    'refuses %p',
    (text) => {
      expect(parseTiming(text)).toBeUndefined();
    },
  );
});

describe('nextRunAt', () => {
  const noon = Date.UTC(2026, 0, 1, 12);
  it('is the next full period, or the next time of a cron expression in UTC', () => {
    expect(nextRunAt({ everyS: 3_600 }, noon)).toBe(noon + 3_600_000);
    expect(nextRunAt({ everyS: 3_600 }, noon - 1)).toBe(noon);
    expect(nextRunAt({ cron: '30 3 * * *' }, noon)).toBe(Date.UTC(2026, 0, 2, 3, 30));
    expect(nextRunAt('on-demand', noon)).toBeNull();
  });
});

test('describeTiming is what people read', () => {
  expect(describeTiming({ everyS: 600 })).toBe('every 600 s');
  expect(describeTiming({ cron: '0 * * * *' })).toBe('0 * * * *');
  expect(describeTiming('on-demand')).toBe('on demand');
});
