import { modelGenerate } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import type { Broker } from '../src/index.js';
import { closeConnections } from './support/close-connections.js';
import { createFixture, type Fixture } from './support/fixture.js';
import { generate, generateHandler, queue } from './support/generate.js';

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

const send = (count: number): Promise<void> =>
  broker.publishMany(
    modelGenerate,
    Array.from({ length: count }, (_, at) => generate(`f:${at}`)),
    { lane: 'high' },
  );
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const consumers = async (): Promise<number> => (await fixture.admin.checkQueue(queue.name)).consumerCount;

/** Counts what is in work at once; each message takes one turn of the event loop, or as long as `slow` says. */
function counting(slow: () => Promise<void> = tick): {
  most: () => number;
  done: () => number;
  handle: () => Promise<void>;
} {
  let [inWork, most, done] = [0, 0, 0];
  return {
    most: () => most,
    done: () => done,
    handle: async () => {
      most = Math.max(most, ++inWork);
      await slow();
      inWork--;
      done++;
    },
  };
}

test('fast work gets the larger prefetch, and loses it when it ends', async () => {
  const work = counting();
  await broker.consume([generateHandler(work.handle, { prefetch: 4, prefetchMost: 64 })]);
  await send(10_000);
  await waitFor(() => work.done() === 10_000, { what: 'all messages' });
  expect(work.most()).toBeGreaterThan(4);
  expect(work.most()).toBeLessThanOrEqual(64);
  await waitFor(async () => (await consumers()) === 1, { what: 'the booster to leave' });
  expect(await fixture.left(queue.name)).toBe(0);
});

test('acks do not wait for ever for the answer to the end of the larger prefetch', async () => {
  const work = counting();
  const [basic, cancelOk] = [60, 31];
  fixture.proxy.lose({ classId: basic, methodId: cancelOk });
  await broker.consume([generateHandler(work.handle, { prefetch: 4, prefetchMost: 64 })]);
  await send(4_000);
  await waitFor(() => work.done() === 4_000, { what: 'all messages' });
  await waitFor(async () => (await consumers()) === 1, { what: 'the booster to leave' });
  await send(20);
  await waitFor(() => work.done() === 4_020, { what: 'what came later' });
  await broker.close();
  expect(await fixture.left(queue.name)).toBe(0);
});

test('slow work waits in the queue', async () => {
  const work = counting(() => new Promise((resolve) => setTimeout(resolve, 200)));
  await broker.consume([generateHandler(work.handle, { prefetch: 4, prefetchMost: 64 })]);
  await send(40);
  await waitFor(() => work.done() >= 12, { what: 'three rounds' });
  expect([work.most(), await consumers()]).toEqual([4, 1]);
});

test('a lost connection in the middle loses nothing', async () => {
  const work = counting();
  await broker.consume([generateHandler(work.handle, { prefetch: 4, prefetchMost: 64 })]);
  const sent = send(10_000);
  await waitFor(() => work.done() > 2_000, { what: 'a part of it' });
  await waitFor(async () => (await closeConnections(fixture.vhost.name, 'spec')) > 0);
  await sent;
  await waitFor(async () => work.done() >= 10_000 && (await fixture.left(queue.name)) === 0, {
    what: 'the rest',
  });
  await broker.close();
  expect(await fixture.left(queue.name)).toBe(0);
});

test('a drain ends both consumers', async () => {
  const work = counting();
  await broker.consume([generateHandler(work.handle, { prefetch: 4, prefetchMost: 64 })]);
  await send(5_000);
  await waitFor(() => work.most() > 4, { what: 'the booster' });
  await broker.close();
  const done = work.done();
  await waitFor(async () => (await consumers()) === 0, { what: 'both consumers to leave' });
  expect((await fixture.left(queue.name)) + done).toBe(5_000);
});
