import {
  deadQueueName,
  delayQueueName,
  Failure,
  fileSettled,
  modelGenerate,
  queues,
} from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { defineHandler, Requeue, type Broker, type Handler } from '../src/index.js';
import { createFixture, type Fixture } from './support/fixture.js';

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

const queue = queues.generateHigh;
const { name } = queue;
const [dead, delay5s, delay15s] = [
  deadQueueName(name),
  delayQueueName('5s', name),
  delayQueueName('15s', name),
];
const generate = (id: string): { id: string; payload: { gen: number } } => ({ id, payload: { gen: 1 } });
const send = (id: string): Promise<void> => broker.publish(modelGenerate, generate(id), { lane: 'high' });

/** A handler of the one queue of these tests. */
const handler = (
  handle: Handler<{ gen: number }, typeof fileSettled>['handle'],
  options: { prefetch?: number; timeoutMs?: number } = {},
): Handler<{ gen: number }, typeof fileSettled> =>
  defineHandler({ consumes: modelGenerate, queue, prefetch: 4, emits: [fileSettled], ...options, handle });
const failing = (thrown: unknown): Handler<{ gen: number }, typeof fileSettled> =>
  handler(() => Promise.reject(thrown));

const sendRaw = (body: string, headers: Record<string, unknown> = {}): void =>
  void fixture.admin.sendToQueue(name, Buffer.from(body), {
    headers,
    messageId: 'raw',
    correlationId: 'foreign',
  });
const outcomes = (): string[] => fixture.tasks.map(({ outcome }) => outcome);
/** Gives back what is unacked and counts everything. */
const left = async (): Promise<number> => {
  await broker.close();
  return fixture.left(name);
};

describe('a handler that returns', () => {
  it('gets the message with its context, publishes what it emits, and its message is gone', async () => {
    const seen: unknown[] = [];
    await broker.consume([
      handler(async ({ payload }, { publish, attempt, redelivered, messageId, signal }) => {
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
      { queue: name, type: 'model.generate', outcome: 'done', seconds: expect.any(Number) },
    ]);
    expect(await left()).toBe(0);
  });

  it('is not starved by one that never does', async () => {
    let finished = 0;
    let free = (): void => undefined;
    await broker.consume([
      handler(
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

describe('a message that is not understood', () => {
  it.each([
    ['{', 'not_json'],
    ['{}', 'not_an_envelope'],
    [
      JSON.stringify({ id: 'a', type: 'x', version: 1, occurredAt: '2026-01-01T00:00:00Z', payload: {} }),
      'unexpected_type',
    ],
  ])('goes to the dead letters as it is: %s', async (body, reason) => {
    await broker.consume([handler(() => Promise.reject(new Error('must not be called')))]);
    sendRaw(body, { traceparent: '00-1', 'x-death': 'forged' });
    const { content, properties } = await fixture.take(dead);
    expect(content.toString()).toBe(body);
    const { 'i2m-failed-at': failedAt, 'i2m-error': error, ...others } = properties.headers ?? {};
    expect(others).toEqual({
      traceparent: '00-1',
      'i2m-reason': reason,
      'i2m-queue': name,
      'x-delivery-count': 0,
    });
    expect(error).toContain(reason);
    expect(new Date(failedAt).toISOString()).toBe(failedAt);
    expect(properties.messageId).toBe('raw');
    await waitFor(() => outcomes().join() === 'invalid');
    expect(await left()).toBe(0);
  });
});

describe('a handler that throws', () => {
  it('has its message tried again later, one attempt further', async () => {
    await broker.consume([failing(new Failure('transient', 'later'))]);
    const body = JSON.stringify({
      id: 'a',
      type: 'model.generate',
      version: 1,
      occurredAt: '2026-01-01T00:00:00Z',
      payload: { gen: 1 },
    });
    sendRaw(body, { traceparent: '00-1', 'i2m-attempt': 2, 'x-first-death-queue': 'forged' });
    // Attempt 2 waits on the second rung or its upper neighbour.
    const taken = await waitFor(async () => {
      for (const rung of [delay15s, delayQueueName('60s', name)]) {
        const message = await fixture.admin.get(rung, { noAck: true });
        if (message !== false) return message;
      }
      return false;
    });
    expect(taken.content.toString()).toBe(body);
    expect(taken.properties.headers).toEqual({
      traceparent: '00-1',
      'i2m-attempt': 3,
      'x-delivery-count': 0,
    });
    await waitFor(() => fixture.tasks.length === 1);
    expect(fixture.tasks).toMatchObject([{ outcome: 'retried', kind: 'transient' }]);
    expect(await left()).toBe(0);
  });

  it('comes back after the rung with its new attempt', async () => {
    const attempts: number[] = [];
    await broker.consume([
      handler(async (_envelope, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Failure('transient', 'later', { retryAfterMs: 1 });
      }),
    ]);
    await send('f:1');
    await waitFor(() => attempts.length === 2);
    expect(attempts).toEqual([1, 2]);
  });

  it('uses no attempt while its kind parks', async () => {
    await broker.consume([failing(new Failure('rate', 'slow down', { retryAfterMs: 5_000 }))]);
    await send('f:1');
    const { properties } = await fixture.take(delay5s);
    expect(properties.headers).toMatchObject({ 'i2m-attempt': 1, 'i2m-parked': 1 });
  });

  it('becomes a dead letter after its last attempt', async () => {
    await broker.consume([failing(new Failure('input', 'not an image', { code: 'input.not_an_image' }))]);
    await send('f:1');
    const { properties } = await fixture.take(dead);
    expect(properties.headers).toMatchObject({
      'i2m-reason': 'input.not_an_image',
      'i2m-kind': 'input',
      'i2m-attempt': 1,
      'i2m-error': 'not an image',
      'i2m-queue': name,
    });
    await waitFor(() => fixture.tasks.length === 1);
    expect(fixture.tasks).toMatchObject([{ outcome: 'dead', kind: 'input' }]);
    expect(await left()).toBe(0);
  });

  it('may throw at once, and anything', async () => {
    const thrower = handler(() => {
      throw 'text';
    });
    await broker.consume([thrower]);
    await send('f:1');
    await waitFor(() => outcomes().join() === 'retried');
    expect(fixture.tasks).toMatchObject([{ kind: 'unexpected' }]);
  });
});

describe('a handler that takes too long', () => {
  it('frees its slot, is retried as a dependency failure, and its late result changes nothing', async () => {
    const ended: string[] = [];
    const slow = handler(
      async ({ id }, { signal }) => {
        if (id === 'quick') return void ended.push(id);
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        ended.push(String(signal.reason.code));
      },
      { prefetch: 1, timeoutMs: 200 },
    );
    await broker.consume([slow]);
    await send('slow');
    await send('quick');
    await waitFor(() => ended.length === 2);
    expect(ended).toEqual(['dependency.handler_timeout', 'quick']);
    await waitFor(() => fixture.tasks.length === 2);
    expect(fixture.tasks).toMatchObject([{ outcome: 'retried', kind: 'dependency' }, { outcome: 'done' }]);
    expect(await left()).toBe(0);
  });
});

describe('a handler that gives its message back', () => {
  it('sees it again after the lowest rung, and no attempt is used', async () => {
    await broker.consume([failing(new Requeue())]);
    await send('f:1');
    const { properties } = await fixture.take(delay5s);
    expect(properties.headers).toMatchObject({ 'i2m-attempt': 1 });
    await waitFor(() => outcomes().join() === 'requeued');
  });
});
