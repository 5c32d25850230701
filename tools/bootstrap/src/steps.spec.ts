import { runSteps, type Step } from './steps.js';

function stepOf(what: string, difference: string | null): Step & { changed: number } {
  const step = {
    what,
    changed: 0,
    look: () => Promise.resolve(difference),
    change: () => {
      step.changed += 1;
      return Promise.resolve();
    },
  };
  return step;
}

test.each(['check', 'dry-run'] as const)('%s changes nothing', async (mode) => {
  const steps = [stepOf('one', null), stepOf('two', 'missing')];
  const said: string[] = [];
  expect(await runSteps(steps, mode, (line) => said.push(line))).toBe(1);
  expect(said).toEqual(['[1/2] ok       one', '[2/2] differs  two: missing']);
  expect(steps.map(({ changed }) => changed)).toEqual([0, 0]);
});

test('apply changes what differs and leaves the rest alone', async () => {
  const steps = [stepOf('one', null), stepOf('two', 'missing')];
  const said: string[] = [];
  expect(await runSteps(steps, 'apply', (line) => said.push(line))).toBe(1);
  expect(said[1]).toBe('[2/2] changed  two; before: missing');
  expect(steps.map(({ changed }) => changed)).toEqual([0, 1]);
});
