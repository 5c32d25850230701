import { estimateEta } from './estimate-eta.js';

const counts = (
  over: Partial<Record<'pending' | 'running' | 'completed' | 'failed' | 'cancelled', number>>,
) => ({
  pending: 0,
  running: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  ...over,
});
const eta = (
  over: Parameters<typeof counts>[0],
  share = 0,
  state: 'running' | 'cancelling' | 'completed' = 'running',
) => estimateEta({ state, counts: counts(over), startedAtMs: 0 }, share, 10_000);

it('is around what the rate so far says', () =>
  expect(eta({ pending: 20, completed: 10 })).toEqual([16, 25]));
it('counts what running files have done', () =>
  expect(eta({ pending: 1, running: 1 }, 0.5)).toEqual([24, 38]));
it('widens when files fail, which may have taken no time', () => {
  const [low, high] = eta({ pending: 10, completed: 5, failed: 5 }) ?? [0, 0];
  expect([low, high]).toEqual([8, 25]);
});
it('is 0 when nothing is left', () => expect(eta({ completed: 3 })).toEqual([0, 0]));
it.each([
  [eta({ pending: 5 })],
  [eta({ pending: 5, failed: 3 })],
  [eta({ pending: 5, completed: 5 }, 0, 'cancelling')],
  [eta({ completed: 5 }, 0, 'completed')],
])('is unknown without a finished file or a run', (guess) => expect(guess).toBeNull());
it('is unknown before the start', () =>
  expect(
    estimateEta({ state: 'running', counts: counts({ pending: 1 }), startedAtMs: null }, 0, 1),
  ).toBeNull());
