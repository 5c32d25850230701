import { connect } from 'node:net';
import { createLogger } from '@image2model/service-kit';
import {
  createRedisDatabase,
  rawRedis,
  waitFor,
  type RawRedis,
  type RedisDatabase,
} from '@image2model/testing';
import { connectProgress, type About, type Heartbeat, type Progress } from '../src/index.js';
import { emptyReport } from '../src/worker-report.js';

const logger = createLogger({ service: 'test', instance: 'spec', level: 'error' });
const by = 'key:1';

let database: RedisDatabase;
let redis: RawRedis;
let progress: Progress;
beforeAll(async () => {
  database = await createRedisDatabase();
  redis = rawRedis(database.url);
  progress = await connectProgress({ url: database.url, logger });
});
beforeEach(async () => {
  await redis('FLUSHDB');
});
afterAll(async () => {
  await progress.close();
  await database.close();
});

const self = (instance: string, over: Partial<Heartbeat> = {}): Heartbeat => ({
  ...{ service: 'model-worker', instance, pid: 1, startedAtMs: 1, slots: 4, active: 2, version: 'v' },
  ...over,
});
const about: About = { host: 'h', registered: [], config: { PORT: 1 } };
const ageBy = async (instance: string, ms: number): Promise<void> => {
  const beat = JSON.parse(String(await redis('HGET', 'i2m:heartbeats', instance))) as { seenAtMs: number };
  await redis('HSET', 'i2m:heartbeats', instance, JSON.stringify({ ...beat, seenAtMs: beat.seenAtMs - ms }));
};

describe('heartbeats', () => {
  it('bring what a process reports, and what it said of itself once', async () => {
    await progress.fleet.introduce('a', about);
    const report = { ...emptyReport, state: 'draining' as const, activeCount: 3, handled: { 't:done': 7 } };
    await progress.fleet.beat(self('a'), report);
    const [beat] = await progress.fleet.heartbeats();
    expect(beat).toMatchObject({ instance: 'a', slots: 4, active: 2, report });
    expect(Math.abs((beat?.seenAtMs ?? 0) - (await progress.fleet.serverTimeMs()))).toBeLessThan(2_000);
    expect([...(await progress.fleet.abouts())]).toEqual([['a', about]]);
    expect(await progress.fleet.live()).toMatchObject([{ instance: 'a', slots: 4 }]);
  });

  it('are read of other versions too: what is missing or unknown is as if nothing was said', async () => {
    await progress.fleet.beat(self('a'));
    await redis('HDEL', 'i2m:reports', 'a');
    expect((await progress.fleet.heartbeats())[0]?.report).toEqual(emptyReport);
    await redis('HSET', 'i2m:reports', 'a', JSON.stringify({ state: 'levitating' }));
    expect((await progress.fleet.heartbeats())[0]?.report).toEqual(emptyReport);
    await redis('HSET', 'i2m:reports', 'a', JSON.stringify({ activeCount: 2 }));
    expect((await progress.fleet.heartbeats())[0]?.report).toEqual({ ...emptyReport, activeCount: 2 });
  });

  it('of the dead are forgotten with all they said and were ordered; who comes back is new', async () => {
    expect((await progress.fleet.beat(self('a'))).isNew).toBe(true);
    expect((await progress.fleet.beat(self('a'))).isNew).toBe(false);
    await progress.fleet.introduce('a', about);
    await progress.orders.drain('a', { then: 'idle', by });
    await ageBy('a', 31_000);
    expect(await progress.fleet.heartbeats()).toEqual([]);
    for (const key of ['reports', 'abouts', 'orders']) expect(await redis('HLEN', `i2m:${key}`)).toBe('0');
    expect((await progress.fleet.beat(self('a'))).isNew).toBe(true);
  });

  it('cost one round trip of four commands', async () => {
    await progress.fleet.beat(self('a'));
    const seen: string[] = [];
    const { hostname, port, pathname } = new URL(database.url);
    const monitor = connect(Number(port), hostname);
    monitor.on('data', (chunk) => {
      for (const line of chunk.toString().split('\r\n'))
        if (line.includes(` [${pathname.slice(1)} `)) seen.push(line);
    });
    monitor.write('MONITOR\r\n');
    await new Promise((resolve) => monitor.once('data', resolve));
    await progress.fleet.beat(self('a'));
    await waitFor(() => seen.length >= 4, { everyMs: 10 });
    monitor.destroy();
    expect(seen).toHaveLength(4);
  });
});

describe('orders', () => {
  it('to drain reach a live process with its next beat until they are taken back', async () => {
    expect(await progress.orders.drain('a', { then: 'restart', by })).toBe(false);
    await progress.fleet.beat(self('a'));
    expect(await progress.orders.drain('a', { then: 'idle', by })).toBe(true);
    const { orders } = await progress.fleet.beat(self('a'));
    expect(orders.drains.get('a')).toMatchObject({ then: 'idle', by });
    expect([await progress.orders.resume('a'), await progress.orders.resume('a')]).toEqual([true, false]);
    expect((await progress.fleet.beat(self('a'))).orders.drains.size).toBe(0);
  });

  it('are told at once to who listens', async () => {
    let told = 0;
    await progress.onOrders(() => (told += 1));
    await progress.orders.pauseLane('low', { detail: 'd', by });
    await waitFor(() => told === 1, { everyMs: 10 });
    await progress.orders.resumeLane('low');
    await waitFor(() => told === 2, { everyMs: 10 });
    await progress.orders.setLogLevel({ level: 'debug', service: 'gateway', minutes: 1, by });
    await progress.orders.setLogLevel({ level: 'default', minutes: 1, by });
    await waitFor(() => told === 4, { everyMs: 10 });
    expect(await progress.orders.resumeLane('low')).toBe(false);
  });

  it('pause lanes until they are resumed', async () => {
    await progress.orders.pauseLane('high', { detail: 'tonight', by });
    const [[lane, paused] = []] = [...(await progress.orders.pausedLanes())];
    expect([lane, paused]).toMatchObject(['high', { detail: 'tonight', by }]);
    expect(Math.abs((paused?.sinceMs ?? 0) - Date.now())).toBeLessThan(10_000);
    await progress.orders.resumeLane('high');
    expect((await progress.orders.pausedLanes()).size).toBe(0);
  });

  it('set the log level of one service or of all; what is said to all counts for those that were told before', async () => {
    const levels = async (): Promise<unknown> =>
      [...(await progress.orders.read()).logLevels].map(([of, { level }]) => [of, level]);
    const set = (level: 'debug' | 'error' | 'default', service?: 'gateway'): Promise<void> =>
      progress.orders.setLogLevel({ level, service, minutes: 5, by });
    await set('debug', 'gateway');
    expect(await levels()).toEqual([['gateway', 'debug']]);
    await set('error');
    expect(await levels()).toEqual([['all', 'error']]);
    await set('debug', 'gateway');
    await set('default', 'gateway');
    expect(await levels()).toEqual([['all', 'error']]);
    await set('default');
    expect(await levels()).toEqual([]);
    const { logLevels } = await progress.orders.read();
    expect(logLevels.size).toBe(0);
  });
});
