import { playShort } from './support/chaos.js';

test('a refused key uses no attempt up and is told once; a paused batch buys nothing; both go on', async () => {
  const [key, pause] = await Promise.all([playShort('key'), playShort('pause')]);
  expect(key.violations).toEqual([]);
  expect(pause.violations).toEqual([]);
});

test('a budget of ten files buys ten, then the rest; nothing is accepted after the answer to a cancel', async () => {
  const [budget, cancel] = await Promise.all([playShort('budget'), playShort('cancel')]);
  expect(budget.violations).toEqual([]);
  expect(budget.facts).toMatchObject({ before: 10, accepted: 30 });
  expect(cancel.violations).toEqual([]);
});

test('a batch that is sent ten times with one key is bought once', async () => {
  expect((await playShort('idempotency')).violations).toEqual([]);
});
