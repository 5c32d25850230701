import { PrefetchPace } from './prefetch-pace.js';

/** Looks every 25 ms, each at a count and a time of its own. */
function looking(usual: number): (finished: number[]) => boolean[] {
  const pace = new PrefetchPace(usual);
  let [sum, atS] = [0, 0];
  pace.begin(0, 0);
  return (finished) => finished.map((more) => pace.look((sum += more), (atS += 0.025)));
}
const steady = (perSecond: number, times: number): number[] =>
  Array.from({ length: times }, () => perSecond * 0.025);

test('boosts as soon as more than the usual prefetch is finished within 0.1 s', () => {
  expect(looking(16)(steady(140, 100))).not.toContain(true);
  expect(looking(16)(steady(200, 6))).toEqual([false, false, false, true, true, true]);
  expect(looking(16)([17])).toEqual([true]);
});

test('slow work that all ends at one moment stays slow', () => {
  // four at once, 0.2 s each: in one look, or on both sides of one
  expect(looking(4)([0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0])).not.toContain(true);
  expect(looking(4)([0, 1, 3, 0, 0, 0, 0, 0, 0, 2, 2])).not.toContain(true);
});

test('a late look counts what fits into 0.1 s of its time', () => {
  const pace = new PrefetchPace(4);
  pace.begin(0, 0);
  expect(pace.look(8, 0.4)).toBe(false);
  expect(pace.look(17, 0.5)).toBe(true);
});

test('looking that begins again after a rest counts from there', () => {
  const pace = new PrefetchPace(4);
  pace.begin(0, 0);
  expect(pace.look(4, 0.025)).toBe(false);
  pace.begin(4, 10);
  expect(pace.look(8, 10.025)).toBe(false);
});

test('stays through short lulls, ends after 2 s of slow work or of none', () => {
  const look = looking(16);
  look(steady(1_000, 4));
  expect(look(steady(0, 75))).not.toContain(false);
  expect(look(steady(100, 4)).at(-1)).toBe(true);
  expect(look(steady(10, 84)).at(-1)).toBe(false);
});
