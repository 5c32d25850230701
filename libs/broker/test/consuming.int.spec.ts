import { deadQueueName, fileSettled, modelGenerate, queues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import type { Broker } from '../src/index.js';
import { createFixture, headersOf, type Fixture } from './support/fixture.js';
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

const send = (id: string): Promise<void> => broker.publish(modelGenerate, generate(id), { lane: 'high' });
const dead = deadQueueName(queue.name);
const outcomes = (): string[] => fixture.tasks.map(({ outcome }) => outcome);
/** What is in the queue when all that is unacked was given back. */
const left = async (): Promise<number> => {
  await broker.close();
  return fixture.left(queue.name);
};

describe('a handler that returns', () => {
  it('gets the message with its context, publishes what it emits, and its message is gone', async () => {
    const seen: unknown[] = [];
    await broker.consume([
      generateHandler(async ({ payload }, { publish, attempt, redelivered, messageId, signal }) => {
        seen.push({ payload, attempt, redelivered, messageId, aborted: signal.aborted });
        await publish(fileSettled, { id: 'out', payload: { files: [payload.gen] } });
      }),
    ]);
    await send('f:1');
    expect((await fixture.take(queues.fileSettled.name)).properties.messageId).toBe('out');
    await waitFor(() => fixture.tasks.length === 1);
    expect(seen).toEqual([
      { payload: { gen: 1 }, attempt: 1, redelivered: false, messageId: 'f:1', aborted: false },
    ]);
    expect(fixture.tasks).toEqual([
      { queue: queue.name, type: 'model.generate', outcome: 'done', seconds: expect.any(Number) },
    ]);
    expect(await left()).toBe(0);
  });

  it('is not starved by one that never does', async () => {
    let finished = 0;
    let free = (): void => undefined;
    await broker.consume([
      generateHandler(
        async (envelope) => {
          if (envelope.id === 'slow') await new Promise<void>((resolve) => (free = resolve));
          finished++;
        },
        { prefetch: 2 },
      ),
    ]);
    await send('slow');
    await broker.publishMany(
      modelGenerate,
      Array.from({ length: 500 }, (_, i) => generate(`f:${i}`)),
      { lane: 'high' },
    );
    await waitFor(() => finished === 500, { what: '500 messages beside the slow one' });
    free();
    await waitFor(() => finished === 501);
    expect(await left()).toBe(0);
  });
});

describe('acks_late and prefetch 1/2/4/1', () => {
  it.each([1, 2, 4])(
    'with prefetch %d so many are in work, and none is acked before it is done',
    async (prefetch) => {
      const ends: (() => void)[] = [];
      await broker.consume([
        generateHandler(() => new Promise<void>((resolve) => ends.push(resolve)), { prefetch }),
      ]);
      await broker.publishMany(
        modelGenerate,
        Array.from({ length: 8 }, (_, n) => generate(`f:${n}`)),
        { lane: 'high' },
      );
      await waitFor(() => ends.length === prefetch, { what: `${prefetch} in work` });
      // one ends, one more comes: nothing else did meanwhile
      ends[0]?.();
      await waitFor(() => ends.length === prefetch + 1, { what: 'the next one' });
      const closing = broker.close();
      for (const end of ends.slice(1, -1)) end();
      ends.at(-1)?.();
      await closing;
      expect(ends).toHaveLength(prefetch + 1);
      expect(await fixture.left(queue.name)).toBe(8 - (prefetch + 1));
    },
  );
});

describe('a message that is not understood', () => {
  it.each([
    ['{', 'not_json'],
    ['{}', 'not_an_envelope'],
    [
      JSON.stringify({ id: 'a', type: 'x', version: 1, occurredAt: '2026-01-01T00:00:00Z', payload: {} }),
      'unexpected_type',
    ],
  ])('goes to the dead letters as it is: %s', async (body, reason) => {
    await broker.consume([generateHandler(() => Promise.reject(new Error('must not be called')))]);
    const headers = { traceparent: '00-1', 'x-death': 'forged' };
    fixture.admin.sendToQueue(queue.name, Buffer.from(body), {
      headers,
      messageId: 'raw',
      correlationId: 'x',
    });
    const letter = await fixture.take(dead);
    expect(letter.content.toString()).toBe(body);
    const { 'i2m-failed-at': failedAt, 'i2m-error': error, ...others } = headersOf(letter);
    expect(others).toEqual({ traceparent: '00-1', 'i2m-reason': reason, 'i2m-queue': queue.name });
    expect(error).toContain(reason);
    expect(new Date(String(failedAt)).toISOString()).toBe(failedAt);
    expect(letter.properties.messageId).toBe('raw');
    await waitFor(() => outcomes().join() === 'invalid');
    expect(await left()).toBe(0);
  });
});
