import { setTimeout as delay } from 'node:timers/promises';
import { delayQueueName, Failure, modelGenerate } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { connect, type Channel, type ConsumeMessage } from 'amqplib';
import { topologyKeeper } from '../src/connection/topology-keeper.js';
import { QueueConsumer } from '../src/consuming/queue-consumer.js';
import { publishFailureCodes, type Broker } from '../src/index.js';
import { blockedFrame, unblockedFrame } from './support/blocked-frames.js';
import { cutAgainAndAgain } from './support/cut-again-and-again.js';
import { createFixture, type Fixture } from './support/fixture.js';
import { failingHandler, generate, generateBody, generateHandler, queue } from './support/generate.js';

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

const send = (id: string): Promise<void> => broker.publish(modelGenerate, generate(id), { lane: 'high' });
const consume = (prefetch: number, handle: (id: string) => Promise<void>): Promise<void> =>
  broker.consume([generateHandler(({ id }) => handle(id), { prefetch })]);
const left = async (): Promise<number> => {
  await broker.close();
  return fixture.left(queue.name);
};

describe('a consumer', () => {
  it('goes on after lost connections; old acks are dropped and the prefetch holds', async () => {
    let [running, most, begun] = [0, 0, 0];
    const counts = new Map<string, number>();
    await consume(8, async (id) => {
      begun++;
      most = Math.max(most, ++running);
      counts.set(id, (counts.get(id) ?? 0) + 1);
      await delay(20 * Math.random());
      running--;
    });
    const cutting = cutAgainAndAgain(fixture.proxy, 600, () => begun);
    const sent = Array.from({ length: 1500 }, (_, i) => delay(i).then(() => send(`f:${i}`)));
    await Promise.all(sent).finally(cutting.stop);
    expect(cutting.cuts()).toBeGreaterThan(0);
    await waitFor(() => counts.size === 1500, { what: 'every message' });
    await waitFor(async () => (await fixture.left(queue.name)) === 0 && running === 0, { what: 'quiet' });
    expect(most).toBeLessThanOrEqual(8);
    expect(await left()).toBe(0);
  });

  it('gets a message again whose ack was lost, after its first handler is through', async () => {
    const log: string[] = [];
    let finish = (): void => undefined;
    await consume(1, async (id) => {
      log.push(`begin ${id}`);
      if (log.length === 1) await new Promise<void>((resolve) => (finish = resolve));
      log.push(`end ${id}`);
    });
    await send('f:1');
    await waitFor(() => log.length === 1);
    fixture.proxy.cut();
    await waitFor(
      () => fixture.logger.lines.filter((line) => line.includes('broker connected')).length === 4,
    );
    await delay(200);
    expect(log).toEqual(['begin f:1']);
    finish();
    await waitFor(() => log.length === 4);
    expect(log).toEqual(['begin f:1', 'end f:1', 'begin f:1', 'end f:1']);
    expect(await left()).toBe(0);
  });

  it('consumes again when its queue was deleted', async () => {
    const seen: string[] = [];
    await consume(4, async (id) => void seen.push(id));
    await fixture.admin.deleteQueue(queue.name);
    await waitFor(() => fixture.logger.lines.some((line) => line.includes('cancelled a consumer')));
    await waitFor(() => send('f:1').then(() => true), { what: 'the queue to be there again' });
    await waitFor(() => seen.length === 1);
  });

  it('holds a message whose next place takes nothing, without a tight loop, until it does', async () => {
    const rung = delayQueueName('5s', queue.name);
    await fixture.admin.unbindQueue(rung, 'retry', `5s.${queue.name}`);
    await broker.consume([failingHandler(new Failure('transient', 'later', { retryAfterMs: 1 }))]);
    await send('f:1');
    const held = (): number =>
      fixture.logger.lines.filter((line) => line.includes('held and tried again')).length;
    await waitFor(() => held() > 1, { what: 'two tries' });
    await delay(1_000);
    expect(held()).toBeLessThan(10);
    expect(fixture.tasks).toEqual([]);
    await fixture.admin.bindQueue(rung, 'retry', `5s.${queue.name}`);
    await waitFor(() => fixture.tasks.length === 1);
    expect(fixture.tasks).toMatchObject([{ outcome: 'retried' }]);
    expect(await fixture.ready(rung)).toBe(1);
  });

  it('rebuilds only the channel that the broker closed', async () => {
    const model = await connect(fixture.vhost.url);
    const channels: Channel[] = [];
    const createChannel = async (): Promise<Channel> => {
      const channel = await model.createChannel();
      channels.push(channel);
      return channel;
    };
    const ended = new AbortController();
    const session = {
      model: Object.assign(Object.create(model), { createChannel }),
      ended: ended.signal,
      end: () => model.close(),
    };
    const seen: ConsumeMessage[] = [];
    const work = async ({ message }: { message: ConsumeMessage }): Promise<boolean> => {
      seen.push(message);
      // 406: this channel has delivered no such message.
      if (seen.length === 1) channels[0]?.ack({ ...message, fields: { ...message.fields, deliveryTag: 99 } });
      return true;
    };
    const topology = topologyKeeper('declare');
    const { logger } = fixture;
    const consumer = new QueueConsumer({ queue: queue.name, prefetch: 1, work, topology, logger });
    consumer.run(session);
    await consumer.started;
    await send('f:1');
    await waitFor(() => seen.length === 2);
    expect(channels.length).toBe(2);
    expect(fixture.logger.lines.join()).toContain('PRECONDITION_FAILED');
    await consumer.cancel();
    await consumer.close();
    ended.abort();
    await model.close();
    expect(await left()).toBe(0);
  });
});

describe('a blocked broker', () => {
  /** The publish connection is the first one. The frames are RabbitMQ's own; an alarm cannot be set through a URL. */
  const block = async (): Promise<() => void> => {
    const [publishing] = fixture.proxy.connections;
    publishing?.client.write(blockedFrame('low on memory'));
    await waitFor(() => broker.state.blocked);
    publishing?.client.pause();
    return () => {
      publishing?.client.resume();
      publishing?.client.write(unblockedFrame());
    };
  };

  it('stops publishes, not acks, and publishes go on when it is over', async () => {
    const seen: string[] = [];
    await consume(1, async (id) => void seen.push(id));
    const unblock = await block();
    const blocked = send('blocked');
    for (let i = 0; i < 5; i++) fixture.admin.sendToQueue(queue.name, generateBody(`f:${i}`));
    // With a prefetch of 1 each of them needs the ack of the one before.
    await waitFor(() => seen.length === 5);
    expect(seen).not.toContain('blocked');
    unblock();
    await blocked;
    expect(broker.state.blocked).toBe(false);
    await waitFor(() => seen.includes('blocked'));
  });

  it('is written nothing, so that a publish that gave up is known not to have arrived', async () => {
    await broker.close();
    broker = await fixture.open({ publishTimeoutMs: 3_000 });
    const unblock = await block();
    await expect(send('f:1')).rejects.toMatchObject({ code: publishFailureCodes.unavailable });
    unblock();
    await waitFor(() => !broker.state.blocked);
    await send('f:2');
    expect(await fixture.left(queue.name)).toBe(1);
  });
});
