import { planRedrive, type RedriveFacts } from './plan-redrive.js';

const facts = (more: Partial<RedriveFacts> = {}): RedriveFacts => ({
  letter: { queue: 'q', run: null },
  queueKnown: true,
  unfit: null,
  target: { batchId: 'bat_1', fileIdx: 4 },
  batch: { state: 'partial', run: 2, total: 5 },
  file: { state: 'failed' },
  ...more,
});

test.each([
  ['of a queue that takes no files goes back there', { target: null }, 'send'],
  ['of a file that nobody settled goes back to its queue', { file: { state: 'running' as const } }, 'send'],
  ['of a failed file of an ended batch becomes a retry of that file', {}, 'retry'],
  [
    'of a failed file of a live batch waits',
    { batch: { state: 'running' as const, run: 2, total: 5 } },
    'wait',
  ],
  ['of a completed file has nothing left to do', { file: { state: 'completed' as const } }, 'close'],
  ['of a cancelled file is refused', { file: { state: 'cancelled' as const } }, 'refuse'],
  ['of a batch that is gone is refused', { batch: null, file: null }, 'refuse'],
  ['of a file that is not there is refused', { file: null }, 'refuse'],
  ['of a queue that is gone is refused', { queueKnown: false }, 'refuse'],
  ['that cannot be sent is refused', { unfit: 'why' }, 'refuse'],
] as const)('a dead letter %s', (_what, more, expected) => {
  expect(planRedrive(facts(more)).do).toBe(expected);
});

test('a retry that was asked for is not asked for again, whatever its file is now', () => {
  const asked = { letter: { queue: 'q', run: 2 } };
  expect(planRedrive(facts(asked)).do).toBe('retry');
  for (const state of ['running', 'failed'] as const)
    expect(
      planRedrive(facts({ ...asked, batch: { state: 'running', run: 3, total: 5 }, file: { state } })),
    ).toEqual({
      do: 'close',
      retried: true,
      detail: 'file 4 was tried again in run 3 of bat_1',
    });
});

test('a refusal says what to do next', () => {
  const detail = (more: Partial<RedriveFacts>): string => {
    const plan = planRedrive(facts(more));
    return plan.do === 'refuse' ? plan.detail : plan.do;
  };
  expect(detail({ queueKnown: false })).toBe('this system has no queue q any more; discard the message');
  expect(detail({ batch: null, file: null })).toMatch(/bat_1 is gone .*new batch/);
  expect(detail({ file: null })).toBe('batch bat_1 has 5 files, and no file 4');
  expect(detail({ unfit: 'why' })).toBe('why');
});
