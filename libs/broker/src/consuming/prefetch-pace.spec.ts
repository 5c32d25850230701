import { PrefetchPace } from './prefetch-pace.js';

/** Looks every 25 ms while so many messages a second are finished. */
const looks = (pace: PrefetchPace, perSecond: number, times: number): boolean[] =>
  Array.from({ length: times }, () => pace.look(perSecond * 0.025, 0.025));

test('boosts as soon as the usual prefetch would last less than 0.1 s', () => {
  expect(looks(new PrefetchPace(16), 160, 3)).toEqual([false, false, false]);
  expect(looks(new PrefetchPace(16), 200, 2)).toEqual([true, true]);
});

test('stays through short lulls, ends after 2 s of slow work or of none', () => {
  const pace = new PrefetchPace(16);
  looks(pace, 1_000, 1);
  expect(looks(pace, 0, 79)).not.toContain(false);
  expect(looks(pace, 100, 1)).toEqual([true]);
  expect(looks(pace, 10, 80).at(-1)).toBe(false);
});
