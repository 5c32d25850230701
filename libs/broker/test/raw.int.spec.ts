import { deadQueueName, modelGenerate, queues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { defineHandler, type Broker, type RawDelivery } from '../src/index.js';
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

const { name } = queues.generateHigh;
const dead = deadQueueName(name);

describe('consumeRaw', () => {
  it('hands over bytes, headers and id, and acks', async () => {
    const seen: RawDelivery[] = [];
    await broker.consumeRaw(dead, 4, async (raw) => void seen.push(raw));
    await broker.publishRaw(dead, {
      body: Buffer.from('{'),
      headers: { 'i2m-reason': 'not_json' },
      messageId: 'm',
    });
    await waitFor(() => seen.length === 1);
    expect(seen).toMatchObject([
      { messageId: 'm', redelivered: false, queue: dead, headers: { 'i2m-reason': 'not_json' } },
    ]);
    expect(seen[0]?.body.toString()).toBe('{');
    await broker.close();
    expect(await fixture.left(dead)).toBe(0);
  });

  it('keeps a message whose handling throws, with pauses, and goes on with the others', async () => {
    const tries: string[] = [];
    let handled = 0;
    const bad = (): number => tries.filter((id) => id === 'bad').length;
    const others = (): boolean => ['a', 'b', 'c'].every((id) => tries.includes(id));
    await broker.consumeRaw(dead, 2, async ({ messageId = '' }) => {
      tries.push(messageId);
      if (messageId === 'bad' && (bad() < 4 || !others())) throw new Error('not now');
      handled++;
    });
    for (const messageId of ['bad', 'a', 'b', 'c'])
      await broker.publishRaw(dead, { body: Buffer.from('{}'), headers: {}, messageId });
    await waitFor(() => handled === 4);
    await broker.close();
    expect(await fixture.left(dead)).toBe(0);
  });

  it('leaves what it could not handle in the queue when it closes', async () => {
    let tries = 0;
    await broker.consumeRaw(dead, 1, async () => {
      tries++;
      throw new Error('never');
    });
    await broker.publishRaw(dead, { body: Buffer.from('{}'), headers: {} });
    await waitFor(() => tries > 0);
    await broker.close();
    expect(await fixture.left(dead)).toBe(1);
  });
});

describe('consume', () => {
  const handler = (prefetch: number): Parameters<Broker['consume']>[0][number] =>
    defineHandler({
      consumes: modelGenerate,
      queue: queues.generateHigh,
      prefetch,
      emits: [],
      handle: async () => undefined,
    });

  it('refuses a second handler of a queue, a strange message and a strange prefetch', async () => {
    await broker.consume([handler(1)]);
    await expect(broker.consume([handler(1)])).rejects.toThrow('has a handler already');
    const wrong = { ...handler(1), queue: queues.fileSettled };
    await expect(broker.consume([wrong])).rejects.toThrow('carries file.settled');
    const none = { ...handler(0), queue: queues.generateLow };
    await expect(broker.consume([none])).rejects.toThrow(RangeError);
    const twice = { ...handler(1), queue: queues.generateNormal };
    await expect(broker.consume([twice, twice])).rejects.toThrow('two handlers');
  });
});

describe('readyCount', () => {
  it('counts what is ready, thousands of times on one channel', async () => {
    await broker.publish(modelGenerate, { payload: { gen: 1 } }, { lane: 'high' });
    for (let i = 0; i < 200; i++)
      expect(
        await Promise.all([broker.readyCount(name), broker.readyCount(dead), broker.readyCount(name)]),
      ).toEqual([1, 0, 1]);
  });

  it('says which queue is missing and goes on; nobody else notices', async () => {
    const seen: string[] = [];
    await broker.consumeRaw(dead, 1, async ({ messageId = '' }) => void seen.push(messageId));
    // From here on there is one open channel to ask on.
    await broker.readyCount(name);
    const asked = await Promise.allSettled([
      broker.readyCount(name),
      broker.readyCount('no-such-queue'),
      broker.readyCount(dead),
    ]);
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(asked[1]).toMatchObject({ reason: { code: 'dependency.queue_missing' } });
    await broker.publishRaw(dead, { body: Buffer.from('{}'), headers: {}, messageId: 'm' });
    await waitFor(() => seen.length === 1);
    expect(fixture.logger.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it('rejects while the broker is away and answers when it is back', async () => {
    await fixture.proxy.refuse();
    await waitFor(() => !broker.state.connected);
    await expect(broker.readyCount(name)).rejects.toMatchObject({ kind: 'dependency' });
    await fixture.proxy.accept();
    await waitFor(() => broker.readyCount(name).then((count) => count === 0));
  });
});
