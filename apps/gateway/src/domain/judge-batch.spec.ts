import type { BatchSnapshot, EndingFact } from '@image2model/progress';
import { batchSnapshot } from '../../test/support/batch-snapshot.js';
import { judgeCompletion, judgeCounts, newTold, noteFact, type Told } from './judge-batch.js';

const file = (idx: number, state: 'completed' | 'failed' | 'cancelled'): EndingFact => ({
  of: 'file',
  idx,
  state,
});
const done = (run: number, status = 'partial'): EndingFact => ({ of: 'batch', run, status });
const told = (facts: readonly EndingFact[], run = 1): Told => {
  const all = newTold();
  for (const fact of facts) noteFact(all, fact, run);
  return all;
};
const settled = [file(0, 'completed'), file(1, 'failed'), file(2, 'cancelled')];

it.each([
  [{}, true],
  [{ counters: { running: 1, completed: 1, failed: 1, cancelled: 1 } }, false],
  [{ counters: { running: 0, completed: 0, failed: 1, cancelled: 1 } }, false],
  [{ states: ['completed' as const, 'failed' as const] }, false],
  [{ states: ['completed' as const, 'failed' as const, undefined] }, false],
  [{ total: 4 }, false],
])('the counts of %j are right: %s', (over, ok) => expect(judgeCounts(batchSnapshot(over)).ok).toBe(ok));

it.each<[string, Partial<BatchSnapshot>, EndingFact[], boolean]>([
  ['told once and relayed', {}, [...settled, done(1)], true],
  ['never told', {}, settled, false],
  ['told twice', {}, [...settled, done(1), done(1)], false],
  ['told as something else', {}, [...settled, done(1, 'failed')], false],
  ['still in the outbox', { outboxRows: 1 }, [...settled, done(1)], false],
  ['never confirmed', { notified: false }, [...settled, done(1)], false],
  ['a file that was never told', {}, [...settled.slice(1), done(1)], false],
  ['a file told twice', {}, [...settled, file(0, 'completed'), done(1)], false],
  ['a file told another state', {}, [...settled.slice(0, 2), file(2, 'failed'), done(1)], false],
  ['a live run without completion', { state: 'running', notified: false }, settled, true],
  ['a live run that was told to have ended', { state: 'running' }, [...settled, done(1)], false],
  [
    'an open file that was told to have ended',
    { state: 'running', states: ['completed', 'failed', 'running'] },
    settled,
    false,
  ],
])('of a first run: %s', (_, over, facts, ok) =>
  expect(judgeCompletion(batchSnapshot(over), told(facts)).ok).toBe(ok),
);

it.each<[string, Partial<BatchSnapshot>, EndingFact[], boolean]>([
  ['a retried file told once a run', {}, [file(1, 'failed'), done(1), ...settled, done(2)], true],
  ['the completion of the run before only', {}, [...settled, done(1)], false],
  [
    'a live second run',
    { state: 'running', notified: false, states: ['completed', 'pending', 'cancelled'] },
    [...settled, done(1)],
    true,
  ],
  ['facts of the first run trimmed', {}, [file(1, 'failed'), done(2)], true],
])('of a second run: %s', (_, over, facts, ok) =>
  expect(judgeCompletion(batchSnapshot({ run: 2, ...over }), told(facts, 2)).ok).toBe(ok),
);
