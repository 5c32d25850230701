import { playShort } from './support/chaos.js';

test('a refused key uses no attempt up, is told once, and the batch goes on when it is repaired', async () => {
  expect((await playShort('key')).violations).toEqual([]);
});

test('a budget of ten files buys ten, says why it waits, and the rest when it is raised', async () => {
  const { violations, facts } = await playShort('budget');
  expect(violations).toEqual([]);
  expect(facts).toMatchObject({ before: 10, accepted: 30 });
});

test('nothing is accepted after the answer to a cancel', async () => {
  expect((await playShort('cancel')).violations).toEqual([]);
});

test('a paused batch buys nothing, and goes on when it is resumed', async () => {
  expect((await playShort('pause')).violations).toEqual([]);
});

test('a batch that is sent ten times with one key is bought once', async () => {
  expect((await playShort('idempotency')).violations).toEqual([]);
});
