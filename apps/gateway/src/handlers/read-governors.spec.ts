import { createGovernors, type GovernedProvider } from './read-governors.js';

const state = { limit: 2, permitted: 3, inUse: 0, waiting: 0, parked: null, stoppedUntilMs: 0 };
/** A provider that counts how often it is asked. */
function counted(fails = 0): GovernedProvider & { asked: number } {
  const provider = {
    asked: 0,
    state: () => {
      provider.asked += 1;
      return provider.asked <= fails ? Promise.reject(new Error('away')) : Promise.resolve(state);
    },
    park: () => Promise.resolve({ first: true }),
    resume: () => Promise.resolve({ was: true }),
  };
  return provider;
}
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('asks once a second at most, and at once when told to forget', async () => {
  const fal = counted();
  const governors = createGovernors({ fal });
  expect(await Promise.all([governors.states(), governors.states()])).toEqual([
    new Map([['fal', state]]),
    new Map([['fal', state]]),
  ]);
  jest.advanceTimersByTime(999);
  await governors.states();
  expect(fal.asked).toBe(1);
  jest.advanceTimersByTime(1);
  await governors.states();
  expect(fal.asked).toBe(2);
  governors.forget();
  await governors.states();
  expect(fal.asked).toBe(3);
});

it('does not remember a failure', async () => {
  const governors = createGovernors({ fal: counted(1) });
  await expect(governors.states()).rejects.toThrow('away');
  expect((await governors.states()).get('fal')).toEqual(state);
  expect(governors.get('fal')).toBeDefined();
  expect(governors.get('embedded')).toBeUndefined();
});
