import { setTimeout as delay } from 'node:timers/promises';
import { modelGenerate } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { Requeue, type Broker } from '../src/index.js';
import { cutAgainAndAgain } from './support/cut-again-and-again.js';
import { createFixture, type Fixture } from './support/fixture.js';
import { generate, generateHandler, queue } from './support/generate.js';
import { restingWork, type RestingWork } from './support/resting-work.js';

/** What may wait in the process beyond the free places: one step, and what ended before it was noticed. */
const ahead = 32;

let fixture: Fixture;
let broker: Broker;
beforeAll(async () => {
  fixture = await createFixture();
});
beforeEach(async () => {
  broker = await fixture.open();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const send = (count: number, name = 'f'): Promise<void> =>
  broker.publishMany(
    modelGenerate,
    Array.from({ length: count }, (_, at) => generate(`${name}:${at}`)),
    { lane: 'high' },
  );
const consume = (
  work: RestingWork,
  options: { prefetch: number; prefetchMost?: number; restMost?: number },
  by: Broker = broker,
): Promise<void> => by.consume([generateHandler(work.handle, options)]);
const consumers = async (): Promise<number> => (await fixture.admin.checkQueue(queue.name)).consumerCount;
const settled = async (count: () => number): Promise<number> => {
  let before = -1;
  while (before !== count()) {
    before = count();
    await delay(150);
  }
  return before;
};

describe('a delivery that rests', () => {
  it('lets others be worked on: 256 rest and all the others are done meanwhile', async () => {
    let [resting, working, mostWorking] = [0, 0, 0];
    const gate: (() => void)[] = [];
    const work = restingWork(async (_id, { rest }) => {
      if (resting < 256) {
        resting++;
        rest();
        return new Promise((resolve) => gate.push(resolve));
      }
      mostWorking = Math.max(mostWorking, ++working);
      await delay(20);
      working--;
    });
    await consume(work, { prefetch: 8, restMost: 256 });
    await send(500);
    await waitFor(() => work.done() === 244, { what: 'the others' });
    expect([work.inHand(), await fixture.ready(queue.name)]).toEqual([256, 0]);
    expect(mostWorking).toBeLessThanOrEqual(8);
    gate.forEach((end) => end());
    await waitFor(() => work.done() === 500, { what: 'the resting ones' });
    await waitFor(async () => (await consumers()) === 1, { what: 'the further consumers to leave' });
    await broker.close();
    expect(await fixture.left(queue.name)).toBe(0);
  });

  it('counts when too many rest, and rests when one of them ends', async () => {
    const work = restingWork();
    await consume(work, { prefetch: 8, restMost: 256 });
    await send(500);
    await waitFor(() => work.inHand() === 264, { what: 'all places' });
    expect(await settled(work.inHand)).toBe(264);
    expect(await fixture.ready(queue.name)).toBeGreaterThanOrEqual(500 - 264 - 16);
    work.letGo(10);
    await waitFor(() => work.done() === 10 && work.inHand() === 264, { what: 'ten others' });
    expect(work.mostInHand()).toBe(264);
  });

  it('counts again when it works again', async () => {
    const log: string[] = [];
    let wake = (): void => undefined;
    const ends = new Map<string, () => void>();
    const work = restingWork(async (id, { rest }) => {
      log.push(id);
      if (id === 'f:0') wake = rest();
      await new Promise<void>((resolve) => ends.set(id, resolve));
    });
    await consume(work, { prefetch: 1, restMost: 4 });
    await send(3);
    await waitFor(() => log.length === 2, { what: 'another in its place' });
    wake();
    wake();
    ends.get('f:1')?.();
    await delay(200);
    expect(log).toEqual(['f:0', 'f:1']);
    ends.get('f:0')?.();
    await waitFor(() => log.length === 3, { what: 'the third' });
  });

  it('frees its place with the end of its handler, also one that failed', async () => {
    const work = restingWork(async (id, { rest }) => {
      rest();
      await delay(2);
      if (id.endsWith('7')) throw new Requeue();
    });
    await consume(work, { prefetch: 1, restMost: 4 });
    await send(300);
    await waitFor(() => work.seen.size === 300 && work.inHand() === 0, { what: 'all messages' });
    expect(work.mostInHand()).toBeLessThanOrEqual(5);
    await waitFor(async () => (await consumers()) === 1, { what: 'the further consumers to leave' });
  });

  it('does nothing without restMost', async () => {
    const work = restingWork();
    await consume(work, { prefetch: 2 });
    await send(10);
    await waitFor(() => work.inHand() === 2);
    expect([await settled(work.inHand), await consumers()]).toEqual([2, 1]);
    expect(await fixture.ready(queue.name)).toBe(8);
  });

  it('refuses a restMost that is no count', async () => {
    await expect(consume(restingWork(), { prefetch: 1, restMost: -1 })).rejects.toThrow(RangeError);
    await expect(consume(restingWork(), { prefetch: 1, restMost: 0.5 })).rejects.toThrow(RangeError);
  });
});

describe('what waits in the process', () => {
  it.each([1, 20, 100])('stays small when %i rest: another process gets the others', async (resting) => {
    const mine = restingWork();
    await consume(mine, { prefetch: 8, restMost: resting });
    await send(resting + 8, 'mine');
    await waitFor(() => mine.inHand() === resting + 8, { what: 'all places' });
    const other = restingWork(async () => undefined);
    await consume(other, { prefetch: 8, restMost: 256 }, await fixture.open());
    await send(200, 'others');
    await waitFor(async () => (await fixture.ready(queue.name)) === 0, { what: 'an empty queue' });
    expect(await settled(other.done)).toBeGreaterThanOrEqual(200 - ahead);
  });

  it('stays small when all that rest end at once', async () => {
    let busy = false;
    const work = restingWork(async (_id, { rest }) => {
      if (!busy) rest();
      await new Promise<void>((resolve) => ends.push(resolve));
    });
    const ends: (() => void)[] = [];
    await consume(work, { prefetch: 8, restMost: 256 });
    await send(256);
    await waitFor(() => work.inHand() === 256, { what: 'resting ones' });
    busy = true;
    await send(400, 'next');
    await waitFor(() => work.inHand() === 264, { what: 'busy ones' });
    ends.splice(0, 256).forEach((end) => end());
    await waitFor(() => work.done() === 256);
    await delay(300);
    expect(work.inHand()).toBe(8);
    expect(await fixture.ready(queue.name)).toBeGreaterThanOrEqual(400 - 8 - ahead);
    const endAll = (): void => ends.splice(0).forEach((end) => end());
    await waitFor(async () => (endAll(), (await consumers()) === 1), {
      what: 'the further consumers to leave',
    });
  });
});

describe('resting and', () => {
  it('lost connections: nothing is lost, and no more are in hand than may be', async () => {
    const work = restingWork(async (_id, { rest }) => {
      await delay(5 * Math.random());
      const wake = rest();
      await delay(400 * Math.random());
      wake();
      await delay(5 * Math.random());
    });
    await consume(work, { prefetch: 8, restMost: 64 });
    const cutting = cutAgainAndAgain(fixture.proxy, 700, work.begun);
    await send(500);
    await waitFor(() => work.seen.size === 500, { timeoutMs: 50_000 }).finally(cutting.stop);
    expect(cutting.cuts()).toBeGreaterThan(1);
    await waitFor(async () => (await fixture.left(queue.name)) === 0 && work.inHand() === 0);
    expect(work.mostInHand()).toBeLessThanOrEqual(72);
    expect(work.mostInHand()).toBeGreaterThan(8);
    await broker.close();
    expect(await fixture.left(queue.name)).toBe(0);
  });

  it('a lost connection while handlers go on: what comes again waits for them, in the queue', async () => {
    const work = restingWork();
    await consume(work, { prefetch: 8, restMost: 128 });
    await send(136);
    await waitFor(() => work.inHand() === 136, { what: 'all places' });
    fixture.proxy.cut();
    await waitFor(async () => (await fixture.ready(queue.name)) > 0, { what: 'messages that came back' });
    await waitFor(async () => (await consumers()) > 0, { what: 'a consumer' });
    await delay(300);
    expect(work.inHand()).toBe(136);
    expect([await fixture.ready(queue.name), await consumers()]).toEqual([128, 1]);
    work.letGo(1);
    await delay(300);
    expect([work.inHand(), await fixture.ready(queue.name), await consumers()]).toEqual([136, 128, 1]);
    work.letGo();
    await waitFor(() => work.done() === 137 && work.inHand() === 135, { what: 'all of them again' });
    work.letGo();
    await waitFor(() => work.done() === 272);
    await broker.close();
    expect(await fixture.left(queue.name)).toBe(0);
  });

  it('a drain: resting handlers are told, all is given back, and no consumer stays', async () => {
    const work = restingWork(async (_id, { rest, signal }) => {
      rest();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      throw signal.reason;
    });
    const drained = await fixture.open({ drainMs: 20_000 });
    await consume(work, { prefetch: 8, restMost: 128 }, drained);
    await send(200);
    await waitFor(() => work.inHand() === 136, { what: 'all places' });
    const startedAt = performance.now();
    await drained.close();
    expect(performance.now() - startedAt).toBeLessThan(19_000);
    expect([work.inHand(), work.seen.size]).toEqual([0, 136]);
    expect([await fixture.left(queue.name), await consumers()]).toEqual([200, 0]);
  });

  it('a drain in the middle of a rush leaves no consumer behind', async () => {
    const work = restingWork();
    await consume(work, { prefetch: 8, restMost: 256 });
    await send(300);
    await waitFor(() => work.inHand() > 20, { everyMs: 1 });
    const closed = broker.close();
    let waiting = -1;
    const same = async (): Promise<boolean> => waiting === (waiting = await fixture.ready(queue.name));
    await waitFor(same, { everyMs: 150 });
    work.letGo(10);
    await delay(200);
    expect(await fixture.ready(queue.name)).toBe(waiting);
    work.letGo();
    await closed;
    expect((await fixture.left(queue.name)) + work.done()).toBe(300);
    expect(await consumers()).toBe(0);
  });

  it('fast work: the larger prefetch and the resting ones do not disturb each other', async () => {
    let [quick, mostQuick] = [0, 0];
    const work = restingWork(async (id, { rest }) => {
      if (Number(id.split(':')[1]) % 20 === 0) {
        rest();
        return delay(300);
      }
      mostQuick = Math.max(mostQuick, ++quick);
      await new Promise((resolve) => setImmediate(resolve));
      quick--;
    });
    await consume(work, { prefetch: 4, prefetchMost: 64, restMost: 500 });
    await send(8_000);
    await waitFor(() => work.done() === 8_000, { what: 'all messages' });
    expect(mostQuick).toBeGreaterThan(4);
    expect(mostQuick).toBeLessThanOrEqual(64);
    await waitFor(async () => (await consumers()) === 1, { what: 'the further consumers to leave' });
    expect(await fixture.left(queue.name)).toBe(0);
  });
});
