import { failureKinds, type FailureKind } from './failure-kinds.js';
import { generationRungs, nextStep, rungAtLeast, rungs } from './retry-policy.js';

const kinds = Object.keys(failureKinds) as FailureKind[];

test.each(kinds)('%s: retried until its attempts are used up, never beyond the highest rung', (kind) => {
  const { attempts, parks } = failureKinds[kind];
  for (let attempt = 1; attempt <= attempts + 3; attempt += 1) {
    for (const jitter of [0, 0.49, 0.5, 0.99]) {
      const step = nextStep({ kind }, attempt, jitter);
      expect(step.do).toBe(parks || attempt < attempts ? 'retry' : 'fail');
      if (step.do === 'retry') expect(rungs).toContain(step.rung);
    }
  }
});

test('the ladder climbs one rung an attempt, with jitter between neighbours', () => {
  const names = (jitter: number): string[] =>
    [1, 2, 3, 4].map((attempt) => {
      const step = nextStep({ kind: 'transient' }, attempt, jitter);
      return step.do === 'retry' ? step.rung.name : 'fail';
    });
  expect(names(0)).toEqual(['5s', '15s', '60s', '5m']);
  expect(names(0.9)).toEqual(['15s', '60s', '5m', '15m']);
});

test('generations stop climbing at five minutes', () => {
  expect(generationRungs).toEqual(['5s', '15s', '60s', '5m']);
  const step = nextStep({ kind: 'rate' }, 7, 0.9, generationRungs);
  expect(step).toMatchObject({ do: 'retry', rung: { name: '5m' } });
});

test('a wait that the other side asked for rounds up to a rung', () => {
  const step = nextStep({ kind: 'rate', retryAfterMs: 15_001 }, 1, 0);
  expect(step).toMatchObject({ do: 'retry', rung: { name: '60s' } });
  expect(rungAtLeast(0).name).toBe('5s');
  expect(rungAtLeast(10_000_000).name).toBe('15m');
  expect(rungAtLeast(10_000_000, ['5s', '60s']).name).toBe('60s');
});
