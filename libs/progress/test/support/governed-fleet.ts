import { newBatchId, newIntentId } from '@image2model/contracts';
import { createRedisDatabase, type RedisDatabase } from '@image2model/testing';
import type { Redis } from 'ioredis';
import { Governor } from '../../src/governor.js';
import type { GovernorLimits, SlotRequest } from '../../src/index.js';
import { openRedis } from '../../src/redis-client.js';
import { Spend } from '../../src/spend.js';
import { randomOf, SimulatedProvider, Timeline } from './simulated-provider.js';
import { SimulatedWorker } from './simulated-worker.js';

let database: RedisDatabase;
let redis: Redis;
let names = 0;

beforeAll(async () => {
  database = await createRedisDatabase();
  redis = openRedis({ url: database.url, logger: { warn: () => undefined, error: () => undefined } });
  await redis.connect();
});
afterAll(async () => {
  await redis.quit();
  await database.close();
});

export interface GovernedProvider {
  time: Timeline;
  governor: Governor;
  /** as another process sees it, with limits of its own or the same */
  again: (other?: GovernorLimits) => Governor;
}

/** A provider key of its own whose clock is the timeline's. */
export function newGovernor(limits: GovernorLimits, time = new Timeline()): GovernedProvider {
  const name = `p${(names += 1)}`;
  const again = (other = limits): Governor => new Governor(redis, name, other, () => time.nowMs);
  return { time, governor: again(), again };
}
/** Daily spending whose clock is the timeline's. */
export const newSpend = (time: Timeline): Spend => new Spend(redis, () => time.nowMs);

/** Files of a new batch of this tenant. */
export function filesOf(tenant: string, count: number, batchId = newBatchId()): SlotRequest[] {
  return Array.from({ length: count }, (_, idx) => ({ intent: newIntentId(batchId, idx), tenant, batchId }));
}

export interface Fleet {
  time: Timeline;
  provider: SimulatedProvider;
  governor: Governor;
  workers: SimulatedWorker[];
}

/** A fleet at work on a provider. Lists are taken in turn, as from the lanes. */
export function newFleet(setup: {
  limits: GovernorLimits;
  places: number;
  jobMs: readonly [number, number];
  lists: SlotRequest[][];
  seed: number;
  workers?: number;
  lookMs?: number;
  prepareMs?: readonly [number, number];
  wakeMs?: number;
}): Fleet {
  const { time, governor, again } = newGovernor(setup.limits);
  const random = randomOf(setup.seed);
  const [least, most] = setup.jobMs;
  const provider = new SimulatedProvider(
    time,
    setup.places,
    () => least + random() * (most - least),
    setup.wakeMs,
  );
  let turn = 0;
  const next = (): SlotRequest | undefined => {
    const left = setup.lists.filter((list) => list.length > 0);
    return left[(turn += 1) % Math.max(1, left.length)]?.shift();
  };
  const workers = Array.from({ length: setup.workers ?? 2 }, (_, n) => {
    const { lookMs = 200, prepareMs = [10, 40] } = setup;
    const own = { name: `w${n}`, governor: again() };
    return new SimulatedWorker({ ...own, time, provider, random, next, lookMs, prepareMs });
  });
  for (const worker of workers) worker.start();
  return { time, provider, governor, workers };
}
