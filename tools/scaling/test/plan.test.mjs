import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConstants } from '../constants/read-constants.mjs';
import { defaultWishes, fixed, shares } from '../model/assumptions.mjs';
import { demandOf, generationFactor } from '../model/demand.mjs';
import { planCapacity } from '../model/plan-capacity.mjs';
import { watchedBatches } from '../model/plan-services.mjs';

/** @typedef {import('../model/assumptions.mjs').Wishes} Wishes */

const constants = readConstants();

/** @param {number} filesPerDay @param {'fal' | 'embedded'} [provider] @param {Partial<Wishes>} [wishes] */
const plan = (filesPerDay, provider = 'fal', wishes = {}) =>
  planCapacity(constants, { ...defaultWishes(provider, constants), ...wishes, filesPerDay, provider });

/** @param {number} actual @param {number} expected @param {string} [what] */
const near = (actual, expected, what) =>
  assert.ok(Math.abs(actual - expected) <= 1e-6 * Math.abs(expected), `${what}: ${actual}, not ${expected}`);

/** @param {ReturnType<typeof plan>} planned @param {string} words */
function limit({ limits }, words) {
  const found = limits.find(({ what }) => what.includes(words));
  assert.ok(found, `no limit is called ${words}`);
  return found;
}

test('the busiest hour is what counts', () => {
  const { demand } = plan(86_400, 'fal', { peakFactor: 6, secondsPerModel: 60, batchFiles: 100 });
  assert.equal(demand.acceptedPerS, 6);
  assert.equal(demand.underWay, 360);
  assert.equal(demand.batchesPerS, 0.06);
});

test('models that may come later are spread over the hours after the busiest one', () => {
  assert.equal(generationFactor({ peakFactor: 6, drainHours: 0 }), 6);
  // 6 in one hour and 18 in 23: the busiest hour and the one after it
  near(generationFactor({ peakFactor: 6, drainHours: 1 }), (6 + 18 / 23) / 2, 'factor');
  // with a whole day the average is enough
  near(generationFactor({ peakFactor: 6, drainHours: 23 }), 1, 'factor');
  const wishes = { ...plan(86_400).wishes, drainHours: 23 };
  assert.equal(demandOf(wishes).acceptedPerS, 6);
});

test('streams are the batches that began while somebody watches, times the watchers', () => {
  const { demand } = plan(864_000, 'fal', { peakFactor: 1, batchFiles: 10, watchMinutes: 10, watchers: 3 });
  assert.equal(demand.streams, 1 * 600 * 3);
});

test('where a limit is said to be, the plan is full, and not before', () => {
  /** @type {[string, 'fal' | 'embedded', (planned: ReturnType<typeof plan>) => number, number][]} */
  const full = [
    ['concurrency', 'fal', ({ provider }) => provider.atOnce, 40],
    ['processors of the workers', 'fal', ({ services }) => services.worker.cores, 64 * shares.processor],
    ['processors of the workers', 'embedded', ({ services }) => services.worker.cores, 64 * shares.generator],
    ['memory of Redis', 'fal', ({ redis }) => redis.memoryGb, 16],
    ['memory of Redis', 'embedded', ({ redis }) => redis.memoryGb, 16],
    ['disk of a RabbitMQ', 'fal', ({ rabbitmq }) => rabbitmq.diskMbPerS, 100 * shares.disk],
    ['shared volume', 'embedded', ({ storage }) => storage.keptTb, 10],
    ['S3', 'fal', ({ storage }) => storage.writesPerS, fixed.s3WritesPerS],
    ['network', 'fal', ({ storage }) => storage.outMbPerS, 1_250 * shares.network],
  ];
  for (const [words, provider, used, most] of full) {
    const { filesPerDay, what } = limit(plan(1_000, provider), words);
    near(used(plan(filesPerDay, provider)), most, what);
    assert.ok(!plan(filesPerDay * 0.999, provider).reached.some((each) => each.what === what), what);
    assert.ok(
      plan(filesPerDay * 1.001, provider).reached.some((each) => each.what === what),
      what,
    );
  }
});

test('the processors of Redis and RabbitMQ give out at their share, beside what they need anyway', () => {
  const redis = limit(plan(1_000), 'processor of Redis').filesPerDay;
  const used = plan(redis).redis.cores;
  assert.ok(used >= shares.processor && used < shares.processor * 1.5, `${used}`);
  const broker = limit(plan(1_000), 'processors of a RabbitMQ').filesPerDay;
  near(plan(broker).rabbitmq.cores - constants.idle.cores.broker, 4 * shares.processor, 'RabbitMQ');
});

test('limits come in their order and do not depend on how many files are asked for', () => {
  const few = plan(10).limits;
  assert.deepEqual(few, plan(5_000_000).limits);
  assert.deepEqual(
    few,
    [...few].sort((a, b) => a.filesPerDay - b.filesPerDay),
  );
  assert.deepEqual(plan(10).reached, []);
  assert.equal(plan(1e9).reached.length, few.length);
});

test('every service has two pods, and as many as it needs', () => {
  for (const { pods, because } of Object.values(plan(1).services)) {
    assert.equal(pods, 2);
    assert.equal(because, 'availability');
  }
  const small = plan(1_000_000, 'embedded').services.worker;
  const large = plan(4_000_000, 'embedded').services.worker;
  assert.ok(small.pods > 2);
  assert.ok(Math.abs(large.pods - 4 * small.pods) <= 4);
  // never less than its generators need
  assert.ok(small.pods * fixed.threadsPerWorker * shares.generator >= small.cores);
});

test('a gateway has room for 2,000 streams, and a worker for 256 files that wait', () => {
  const streams = plan(10_000, 'fal', { watchers: 1_000, watchMinutes: 60 });
  assert.equal(streams.services.gateway.because, 'streams');
  assert.ok(
    streams.demand.streams / streams.services.gateway.pods <= fixed.streamsPerGateway * shares.streams,
  );
  const waiting = plan(500_000, 'fal', { secondsPerModel: 1_200 });
  const perPod = waiting.demand.underWay / waiting.services.worker.pods;
  assert.ok(perPod <= fixed.waitingPerWorker * shares.waiting, `${perPod}`);
});

test('half the retention keeps half as much, in Redis and in storage', () => {
  const [week, half] = [plan(100_000), plan(100_000, 'fal', { retentionHours: 84 })];
  near(half.redis.keptGb, week.redis.keptGb / 2, 'Redis');
  near(half.storage.keptTb, week.storage.keptTb / 2, 'storage');
  near(limit(half, 'memory of Redis').filesPerDay, 2 * limit(week, 'memory of Redis').filesPerDay, 'limit');
});

test('money is files times price; the embedded generator costs none, and has no account', () => {
  assert.equal(plan(10_000).provider.usdPerDay, 3_000);
  assert.equal(plan(10_000, 'embedded').provider.usdPerDay, 0);
  assert.ok(!plan(1, 'embedded').limits.some(({ what }) => what.includes('fal')));
});

test('every figure of a plan is a number', () => {
  const walk = (/** @type {unknown} */ value, /** @type {string} */ path) => {
    if (typeof value === 'number') assert.ok(Number.isFinite(value) && value >= 0, `${path} is ${value}`);
    else if (typeof value === 'object' && value !== null)
      for (const [key, each] of Object.entries(value)) walk(each, `${path}.${key}`);
  };
  for (const provider of /** @type {const} */ (['fal', 'embedded'])) walk(plan(12_345, provider), provider);
});

test('a gateway looks at 200 batches at its full rate, however many streams there are', () => {
  assert.equal(watchedBatches(10, 2), 10);
  assert.equal(watchedBatches(10_000, 2), 400);
  const [few, many] = [20, 30].map((watchers) => plan(1_000_000, 'fal', { watchers }));
  assert.ok(few !== undefined && many !== undefined);
  const perGateway = constants.streams.watchedBatch.redisCommandsPerS * fixed.batchesAtFullRate;
  const more = many.services.gateway.pods - few.services.gateway.pods;
  assert.ok(more > 0);
  const idle = constants.idle.redisCommandsPerS / 5;
  near(many.redis.commandsPerS - few.redis.commandsPerS, more * (perGateway + idle), 'commands');
});
