import { playShort } from './support/chaos.js';

test('workers die while answers are lost, refused and late: nothing is bought twice, by fal’s callbacks', async () => {
  const { violations, facts } = await playShort('kill');
  expect(violations).toEqual([]);
  expect(facts['disturbed']).toBeGreaterThan(0);
  expect(facts['resets']).toBeGreaterThan(0);
});

test('… and the same by its listing', async () => {
  const { violations, facts } = await playShort('kill-listing');
  expect(violations).toEqual([]);
  expect(facts['disturbed']).toBeGreaterThan(0);
});

test('workers are replaced while everything is in flight: each is gone at once, and the end comes no later', async () => {
  expect((await playShort('rolling')).violations).toEqual([]);
});

test('workers that slept and woke up as zombies buy nothing twice', async () => {
  const { violations, facts } = await playShort('freeze');
  expect(violations).toEqual([]);
  expect(facts['disturbed']).toBeGreaterThan(0);
});
