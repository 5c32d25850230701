import { modelGenerate, queues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { defineHandler, type Broker } from '../src/index.js';
import { createFixture, type Fixture } from './support/fixture.js';

/** Ratios instead of messages a second: a busy machine slows both sides of them. */
const total = 10_000;

let fixture: Fixture;
let broker: Broker;
beforeAll(async () => {
  fixture = await createFixture();
});
beforeEach(async () => {
  broker = await fixture.open({ publishTimeoutMs: 60_000 });
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const toHigh = { lane: 'high' } as const;
const inputs = (count: number): { id: string; payload: { gen: number } }[] =>
  Array.from({ length: count }, (_, i) => ({ id: `f:${i}`, payload: { gen: 0 } }));
const msPerMessage = async (count: number, work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / count;
};

it('publishes without waiting for each confirm, both ways', async () => {
  const oneByOne = await msPerMessage(500, async () => {
    for (const input of inputs(500)) await broker.publish(modelGenerate, input, toHigh);
  });
  const many = await msPerMessage(total, () => broker.publishMany(modelGenerate, inputs(total), toHigh));
  const atOnce = await msPerMessage(total, () =>
    Promise.all(inputs(total).map((input) => broker.publish(modelGenerate, input, toHigh))),
  );
  expect(Math.max(many, atOnce)).toBeLessThan(oneByOne / 3);
  expect(await fixture.ready(queues.generateHigh.name)).toBe(2 * total + 500);
});

it('acks many messages at once', async () => {
  await broker.publishMany(modelGenerate, inputs(total), toHigh);
  const [, consuming] = fixture.proxy.connections;
  const bytesBefore = consuming?.client.bytesRead ?? 0;
  const handle = async (): Promise<void> => undefined;
  await broker.consume([
    defineHandler({ consumes: modelGenerate, queue: queues.generateHigh, prefetch: 512, emits: [], handle }),
  ]);
  await waitFor(() => fixture.tasks.length === total, { everyMs: 20 });
  await broker.close();
  expect(await fixture.left(queues.generateHigh.name)).toBe(0);
  const bytes = (consuming?.client.bytesRead ?? Infinity) - bytesBefore;
  const bytesPerAck = 21;
  expect(bytes).toBeLessThan((total * bytesPerAck) / 4);
});
