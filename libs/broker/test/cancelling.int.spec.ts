import { setTimeout as delay } from 'node:timers/promises';
import { modelGenerate } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { createFixture, type Fixture } from './support/fixture.js';
import { generate, generateHandler, queue } from './support/generate.js';
import { restingWork } from './support/resting-work.js';
import { watchCancels } from './support/watch-cancels.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const consumers = async (): Promise<number> => (await fixture.admin.checkQueue(queue.name)).consumerCount;

/** Of what a cancelled consumer holds RabbitMQ gives nothing back when the node of its channel dies (ADR 0026). */
test('a consumer is cancelled when it holds nothing that is worked on', async () => {
  const cancels = watchCancels(Object.getPrototypeOf(fixture.admin));
  const work = restingWork(async (id, { rest }) => {
    rest();
    await delay(Number(id.split(':')[1]) % 10 === 0 ? 1_500 : 200 * Math.random());
    cancels.ended(id);
  });
  const broker = await fixture.open();
  await broker.consume([generateHandler(work.handle, { prefetch: 8, restMost: 128 })]);
  await broker.publishMany(
    modelGenerate,
    Array.from({ length: 600 }, (_, at) => generate(`f:${at}`)),
    { lane: 'high' },
  );
  await waitFor(() => work.done() === 600, { what: 'all messages' });
  await waitFor(async () => (await consumers()) === 1, { what: 'the further consumers to leave' });
  cancels.stop();
  expect(cancels.count()).toBeGreaterThan(0);
  expect(cancels.holding()).toEqual([]);
});
