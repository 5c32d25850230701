import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costInBatchOf, costOfFile } from '../model/cost-at.mjs';
import { costPerFile, idleOf, splitByDuration } from '../probes/cost-per-file.mjs';
import { readConstants } from '../constants/read-constants.mjs';
import { costOf } from './costs.mjs';

/** @param {number} value @param {number} seconds @returns {import('../probes/measure-run.mjs').Usage} */
const usageOf = (value, seconds) => ({
  ...{ ...costOf(value), seconds, measuredS: seconds, brokerS: 2 * seconds, peakMb: {}, othersCpus: 0 },
  ...{ brokerAtEnd: costOf(0).broker, endedMs: 0 },
  memory: { before: 1_000, peak: 1_000 + value, after: 1_000 },
});

test('what an idle system uses anyway is no cost of a file, and no cost is below 0', () => {
  const idle = idleOf(usageOf(10, 10));
  const cost = costPerFile(usageOf(104, 4), idle, { files: 100, restBytes: 5_000 });
  assert.equal(cost.redis.commands, 1);
  assert.equal(cost.cpuS.gateway, 1);
  // its statistics are about 20 s and 8 s
  assert.equal(cost.broker.published, (104 - 4) / 100);
  assert.deepEqual(cost.memory, { running: 1.04, rest: 50 });
  assert.equal(costPerFile(usageOf(1, 4), idle, { files: 1, restBytes: 0 }).redis.commands, 0);
});

test('a role that was not measured is an error, not a zero', () => {
  const { cpuS, ...rest } = usageOf(1, 1);
  const others = Object.entries(cpuS).filter(([role]) => role !== 'redis');
  const idle = idleOf(usageOf(0, 1));
  assert.throws(
    () => costPerFile({ ...rest, cpuS: Object.fromEntries(others) }, idle, { files: 1, restBytes: 0 }),
    /redis/,
  );
});

test('two durations tell what costs at once and what each second costs', () => {
  const { atOnce, perSecond } = splitByDuration(
    { seconds: 1, cost: costOf(12) },
    { seconds: 9, cost: costOf(28) },
  );
  assert.deepEqual(perSecond, costOf(2));
  assert.deepEqual(atOnce, costOf(10));
  const shrinking = splitByDuration({ seconds: 1, cost: costOf(12) }, { seconds: 9, cost: costOf(4) });
  assert.deepEqual(shrinking, { perSecond: costOf(0), atOnce: costOf(12) });
});

test('servers need time for what they are sent, whatever the clock said', () => {
  const long = costOf(28);
  // nothing more was sent in the longer run, and yet its servers were busier
  const quiet = { ...long, redis: costOf(12).redis, broker: costOf(12).broker };
  const { perSecond, atOnce } = splitByDuration(
    { seconds: 1, cost: costOf(12) },
    { seconds: 9, cost: quiet },
  );
  assert.equal(perSecond.cpuS.broker, 0);
  assert.equal(perSecond.cpuS.redis, 0);
  assert.equal(perSecond.diskBytes.redis, 0);
  assert.equal(perSecond.cpuS.worker, 2);
  assert.equal(atOnce.cpuS.redis, 12);
});

const batches = [
  { files: 1, cost: costOf(30) },
  { files: 100, cost: costOf(10) },
  { files: 10_000, cost: costOf(2) },
].map((each) => ({ ...readConstants().batches[0], ...each }));

test('between two sizes a cost is read off the logarithm of the size', () => {
  const of = (/** @type {number} */ files) => costInBatchOf(/** @type {any} */ (batches), files).cpuS.redis;
  assert.equal(of(1), 30);
  assert.ok(Math.abs(of(10) - 20) < 1e-9);
  assert.equal(of(100), 10);
  assert.ok(Math.abs(of(1_000) - 6) < 1e-9);
  assert.equal(of(10_000), 2);
  assert.equal(of(100_000), 2);
});

test('a paid file costs more the longer it takes; never less than a file of no provider', () => {
  const constants = {
    ...readConstants(),
    ...{
      batches: /** @type {any} */ (batches),
      paid: { ...readConstants().paid, atOnce: costOf(5), perSecond: costOf(1) },
    },
  };
  const redisCpu = (/** @type {number} */ secondsPerModel) =>
    costOfFile(constants, { provider: 'fal', batchFiles: 100, secondsPerModel }).cpuS.redis;
  assert.equal(redisCpu(60), 65);
  assert.equal(redisCpu(1), 10);
  const { memory } = costOfFile(constants, { provider: 'fal', batchFiles: 100, secondsPerModel: 60 });
  // what a file leaves does not grow with the time it took
  assert.equal(memory.rest, 10);
});

test('an embedded file needs the processors of a batch of one, and its own in the worker', () => {
  const constants = { ...readConstants(), batches: /** @type {any} */ (batches) };
  const { cpuS } = costOfFile(constants, { provider: 'embedded', batchFiles: 10_000, secondsPerModel: 2.5 });
  assert.equal(cpuS.worker, 2.5);
  assert.equal(cpuS.redis, 30);
});
