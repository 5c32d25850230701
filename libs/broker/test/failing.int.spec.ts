import { deadQueueName, delayQueueName, Failure, modelGenerate } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { Requeue, type Broker } from '../src/index.js';
import { createFixture, headersOf, type Fixture } from './support/fixture.js';
import { failingHandler, generate, generateBody, generateHandler, queue } from './support/generate.js';

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
const delay5s = delayQueueName('5s', queue.name);
const delay15s = delayQueueName('15s', queue.name);
const outcomes = (): string[] => fixture.tasks.map(({ outcome }) => outcome);
/** What is in the queue when all that is unacked was given back. */
const left = async (): Promise<number> => {
  await broker.close();
  return fixture.left(queue.name);
};

describe('a handler that throws', () => {
  it('has its message tried again later, one attempt further', async () => {
    await broker.consume([failingHandler(new Failure('transient', 'later'))]);
    const headers = { traceparent: '00-1', 'i2m-attempt': 2, 'x-first-death-queue': 'forged' };
    fixture.admin.sendToQueue(queue.name, generateBody('f:1'), { headers });
    // Attempt 2 waits on the second rung or its upper neighbour.
    const taken = await waitFor(async () => {
      for (const rung of [delay15s, delayQueueName('60s', queue.name)]) {
        const message = await fixture.admin.get(rung, { noAck: true });
        if (message !== false) return message;
      }
      return false;
    });
    expect(taken.content).toEqual(generateBody('f:1'));
    expect(headersOf(taken)).toEqual({ traceparent: '00-1', 'i2m-attempt': 3 });
    await waitFor(() => fixture.tasks.length === 1);
    expect(fixture.tasks).toMatchObject([{ outcome: 'retried', kind: 'transient' }]);
    expect(await left()).toBe(0);
  });

  it('comes back after the rung with its new attempt', async () => {
    const attempts: number[] = [];
    await broker.consume([
      generateHandler(async (_envelope, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Failure('transient', 'later', { retryAfterMs: 1 });
      }),
    ]);
    await send('f:1');
    await waitFor(() => attempts.length === 2);
    expect(attempts).toEqual([1, 2]);
  });

  it('uses no attempt while its kind parks', async () => {
    await broker.consume([failingHandler(new Failure('rate', 'slow down', { retryAfterMs: 5_000 }))]);
    await send('f:1');
    const { properties } = await fixture.take(delay5s);
    expect(properties.headers).toMatchObject({ 'i2m-attempt': 1, 'i2m-parked': 1 });
  });

  it('becomes a dead letter after its last attempt', async () => {
    await broker.consume([
      failingHandler(new Failure('input', 'not an image', { code: 'input.not_an_image' })),
    ]);
    await send('f:1');
    const { properties } = await fixture.take(dead);
    expect(properties.headers).toMatchObject({
      'i2m-reason': 'input.not_an_image',
      'i2m-kind': 'input',
      'i2m-attempt': 1,
      'i2m-error': 'not an image',
      'i2m-queue': queue.name,
    });
    await waitFor(() => fixture.tasks.length === 1);
    expect(fixture.tasks).toMatchObject([{ outcome: 'dead', kind: 'input' }]);
    expect(await left()).toBe(0);
  });

  it('may throw at once, and anything', async () => {
    const thrower = generateHandler(() => {
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
    const slow = generateHandler(
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
    await broker.consume([failingHandler(new Requeue())]);
    await send('f:1');
    const { properties } = await fixture.take(delay5s);
    expect(properties.headers).toMatchObject({ 'i2m-attempt': 1 });
    await waitFor(() => outcomes().join() === 'requeued');
  });
});
