import { playShort } from './support/chaos.js';

test('the provider’s slots are kept busy, and no more than that', async () => {
  const { violations, facts } = await playShort('busy');
  expect(violations).toEqual([]);
  expect(facts['accepted']).toBe(150);
});

test('the account’s limit is found from two slots on', async () => {
  expect((await playShort('ramp')).violations).toEqual([]);
});
