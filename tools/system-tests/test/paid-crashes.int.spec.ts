import { playShort } from './support/chaos.js';

test('workers die while answers are lost, refused and late: nothing is bought twice, by fal’s callbacks', async () => {
  const { violations, facts } = await playShort('kill');
  expect(violations).toEqual([]);
  expect(facts['disturbed']).toBeGreaterThan(0);
  expect(facts['resets']).toBeGreaterThan(0);
});

test('the same by its listing, whether they die or wake up as zombies', async () => {
  const outcomes = await Promise.all([playShort('kill-listing'), playShort('freeze')]);
  expect(outcomes.map(({ violations }) => violations)).toEqual([[], []]);
  for (const { facts } of outcomes) expect(facts['disturbed']).toBeGreaterThan(0);
});

test('workers are replaced while everything is in flight: each is gone at once, and the end comes no later', async () => {
  expect((await playShort('rolling')).violations).toEqual([]);
});
