import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdicts } from '../report/goals.mjs';
import { figure, range } from '../report/numbers.mjs';
import { reportText } from '../report/report-text.mjs';
import { isSound, rowOf } from '../report/row.mjs';
import { groupRows, summarise } from '../report/statistics.mjs';
import { row } from './rows.mjs';

test('median, least and most', () => {
  assert.deepEqual(summarise([30, 10, 20]), { median: 20, min: 10, max: 30, runs: 3 });
  assert.deepEqual(summarise([4, 1]), { median: 2.5, min: 1, max: 4, runs: 2 });
  assert.deepEqual(summarise([7]), { median: 7, min: 7, max: 7, runs: 1 });
  assert.throws(() => summarise([]), RangeError);
});

test('figures have as many digits as they need', () => {
  assert.deepEqual([12_345.6, 123.4, 12.34, 1.234, -0.001].map(figure), [
    '12,346',
    '123',
    '12.3',
    '1.23',
    '0',
  ]);
  assert.equal(range({ median: 2, min: 1, max: 4, runs: 3 }), '2 [1–4]');
  assert.equal(range({ median: 2, min: 2, max: 2, runs: 1 }), '2');
  assert.equal(range(null), '–');
});

test('a row has the names and units of the contract', () => {
  const made = rowOf({
    system: 'image2model',
    n: 2_000,
    workers: 1,
    repeat: 2,
    redisGrowthMb: 0.704,
    redisMb: 14,
    reviewed: {
      totalMs: 400,
      submitMs: 3.14,
      firstStartMs: 8.25,
      firstStartServerMs: 7,
      endMs: 1_700_000_000_000,
      completionMs: 3,
      done: 2_000,
      distinct: 2_000,
      completions: 1,
    },
    measured: {
      cpuS: { gateway: 0.1, orchestrator: 0.1, worker: 0.2, client: 0.02, broker: 0.2, redis: 0.1 },
      peakMb: { gateway: 120.04, orchestrator: 90, worker: 130, client: 50, broker: 150 },
      othersCpus: 0.254,
    },
  });
  assert.deepEqual(made, {
    system: 'image2model',
    n: 2_000,
    workers: 1,
    repeat: 2,
    files_per_s: 5_000,
    first_start_ms: 8.3,
    first_start_server_ms: 7,
    submit_ms: 3.1,
    completion_ms: 3,
    cpu_s_per_10k: {
      gateway: 0.5,
      orchestrator: 0.5,
      worker: 1,
      client: 0.1,
      broker: 1,
      redis: 0.5,
      total: 3.6,
    },
    done: 2_000,
    distinct: 2_000,
    completions: 1,
    rss_mb: { gateway: 120, orchestrator: 90, worker: 130 },
    other_mb: { client: 50, broker: 150, redis: 14, redis_growth: 0.7 },
    others_cpus: 0.25,
  });
});

test('a lost, doubled or uncompleted run is not sound', () => {
  assert.equal(isSound(row({})), true);
  assert.equal(isSound(row({ done: 9_999 })), false);
  assert.equal(isSound(row({ distinct: 9_999 })), false);
  assert.equal(isSound(row({ completions: 2 })), false);
  assert.equal(isSound(row({ completions: 0 })), false);
});

const peers = [
  row({ system: 'bullmq-progress', files_per_s: 3_000 }),
  row({ system: 'celery-original', files_per_s: 500 }),
];
/** @param {import('../report/row.mjs').Row[]} rows */
const missed = (rows) => verdicts(groupRows(rows)).flatMap(({ goal, met }) => (met ? [] : [goal]));

test('goals: speed beside the peers, by medians', () => {
  assert.deepEqual(missed([row({ files_per_s: 4_500 }), ...peers]), []);
  assert.deepEqual(missed([row({ files_per_s: 4_499 }), ...peers]), [
    '10,000 files: ≥ 1.5 × bullmq-progress',
  ]);
  assert.deepEqual(missed([row({ files_per_s: 3_499 }), ...peers.slice(1)]), [
    '10,000 files: ≥ 7 × celery-original',
  ]);
  assert.deepEqual(missed([row({ files_per_s: 1 }), row({}), row({}), ...peers]), []);
});

test('goals: the times, and only those of the large batch', () => {
  assert.deepEqual(missed([row({ first_start_ms: 20.1 })]), ['10,000 files: first start ≤ 20 ms']);
  assert.deepEqual(missed([row({ completion_ms: 21 })]), [
    '10,000 files: last done → completion seen ≤ 20 ms',
  ]);
  assert.deepEqual(missed([row({ n: 100, first_start_ms: 30 })]), []);
});

test('goals: memory grows little with the batch', () => {
  const small = row({ n: 1_000, rss_mb: { gateway: 100, orchestrator: 200, worker: 100 } });
  const kept = row({ rss_mb: { gateway: 140, orchestrator: 260, worker: 130 } });
  assert.deepEqual(missed([small, kept]), []);
  const grown = row({ rss_mb: { gateway: 141, orchestrator: 261, worker: 130 } });
  assert.equal(missed([small, grown]).length, 2);
  const large = row({ n: 100_000, rss_mb: { gateway: 210, orchestrator: 391, worker: 195 } });
  assert.deepEqual(missed([kept, large]), ['memory of orchestrator, 100,000 files beside 10,000: ≤ 1.5 ×']);
});

test('the report says what was left out, what went wrong and which goals were missed', () => {
  const text = reportText({
    rows: [row({ first_start_ms: 25 }), row({ repeat: 2, done: 9_998 }), ...peers],
    left_out: 'celery-original is left out',
    settings: { appendfsync: 'always' },
  });
  assert.match(text, /── 10,000 files, 1 to 2 runs each ──/);
  assert.match(text, /image2model \/ bullmq-progress: 3 × the files\/s, 1 × its CPU time/);
  assert.match(text, /appendfsync always/);
  assert.match(text, /celery-original is left out/);
  assert.match(text, /✗ image2model, 10,000 files, run 2: 9998 done, 10000 different, 1 completions/);
  assert.match(text, /✓ met {5}10,000 files: ≥ 7 × celery-original: 18 × \(9,000 and 500 files\/s\)/);
  assert.match(text, /✓ met {5}10,000 files: first start ≤ 20 ms: 15 ms, at most 25 ms/);
});
