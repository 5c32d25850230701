import { setTimeout as delay } from 'node:timers/promises';
import { delayQueueName, exchanges, modelGenerate, queues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { connectBroker, publishFailureCodes, type BrokerState } from '../src/index.js';
import { closeConnections } from './support/close-connections.js';
import { cutAgainAndAgain } from './support/cut-again-and-again.js';
import { createFixture, type Fixture } from './support/fixture.js';
import { generate } from './support/generate.js';
import { memoryLogger } from './support/memory-logger.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});

afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const high = queues.generateHigh.name;
const toHigh = { lane: 'high' } as const;
const distinctIds = async (): Promise<number> => {
  const ids = new Set<string>();
  for (let m = await fixture.admin.get(high, { noAck: true }); m !== false;) {
    ids.add(String(m.properties.messageId));
    m = await fixture.admin.get(high, { noAck: true });
  }
  return ids.size;
};

describe('connecting', () => {
  it('keeps trying while the broker is away, and never logs the password', async () => {
    await fixture.proxy.refuse();
    const url = new URL(fixture.proxy.url);
    const connecting = fixture.open();
    await waitFor(() => fixture.logger.lines.length >= 3, { what: 'three tries' });
    await fixture.proxy.accept();
    const broker = await connecting;
    expect(broker.state).toEqual({ connected: true, blocked: false });
    expect(fixture.logger.lines.join()).toContain('ECONNREFUSED');
    expect(fixture.logger.lines.join()).not.toContain(`:${url.password}@`);
  });

  it('stops trying when told to', async () => {
    await fixture.proxy.refuse();
    const stop = new AbortController();
    const connecting = fixture.open({ signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(connecting).rejects.toThrow('stopped');
  });

  it('stops a handshake that nobody answers when told to', async () => {
    fixture.proxy.hold();
    const stop = new AbortController();
    const connecting = fixture.open({ signal: stop.signal });
    await delay(200);
    stop.abort(new Error('stopped'));
    await expect(connecting).rejects.toThrow('stopped');
  });

  it.each(['nonsense with s3cret', 'http://guest:s3cret@127.0.0.1/'])(
    'refuses a URL that can never work without repeating it',
    async (url) => {
      const attempt = connectBroker({ url, service: 'spec', logger: memoryLogger() });
      await expect(attempt).rejects.toThrow(TypeError);
      await expect(attempt).rejects.not.toThrow('s3cret');
    },
  );

  it('declares the topology again on every connection', async () => {
    const broker = await fixture.open();
    await fixture.proxy.refuse();
    await fixture.admin.deleteQueue(delayQueueName('5s', high));
    await fixture.admin.deleteExchange(exchanges.retry.name);
    await fixture.proxy.accept();
    await waitFor(() => broker.state.connected);
    await broker.publishDelayed(modelGenerate, generate('f:1'), { queue: queues.generateHigh, rung: '5s' });
  });
});

describe('publishing through an outage', () => {
  it('loses nothing while connections are cut again and again', async () => {
    const broker = await fixture.open({ publishTimeoutMs: 60_000 });
    let confirmed = 0;
    const cutting = cutAgainAndAgain(fixture.proxy, 700, () => confirmed);
    const sent: Promise<void>[] = [];
    for (let i = 0; i < 3000 || cutting.cuts() < 3; i++) {
      sent.push(broker.publish(modelGenerate, generate(`f:${i}`), toHigh).then(() => void confirmed++));
      if (i % 50 === 0 || i > 3000) await delay(40);
    }
    await cutting.stop();
    await Promise.all(sent);
    expect(cutting.cuts()).toBeGreaterThan(2);
    expect(await distinctIds()).toBe(sent.length);
  });

  it('keeps messages waiting until the broker is back, in their order, and tells the state', async () => {
    const broker = await fixture.open();
    const states: BrokerState[] = [];
    const unsubscribe = broker.onStateChange((state) => states.push(state));
    await fixture.proxy.refuse();
    await waitFor(() => !broker.state.connected);
    const sent = [1, 2, 3].map((n) => broker.publish(modelGenerate, generate(`f:${n}`), toHigh));
    await delay(300);
    await fixture.proxy.accept();
    await Promise.all(sent);
    await waitFor(() => broker.state.connected);
    expect(states.at(-1)).toEqual({ connected: true, blocked: false });
    expect(states).toContainEqual({ connected: false, blocked: false });
    for (const n of [1, 2, 3]) expect((await fixture.take(high)).properties.messageId).toBe(`f:${n}`);
    unsubscribe();
  });

  it('lets so many wait and no more, and none longer than publishTimeoutMs', async () => {
    const broker = await fixture.open({ publishTimeoutMs: 3_000, maxWaitingPublishes: 2 });
    await fixture.proxy.refuse();
    await waitFor(() => !broker.state.connected);
    const codes = await Promise.all(
      [1, 2, 3].map((n) =>
        broker.publish(modelGenerate, generate(`f:${n}`), toHigh).then(
          () => 'sent',
          (failure) => failure.code,
        ),
      ),
    );
    const { unavailable, overloaded } = publishFailureCodes;
    expect(codes).toEqual([unavailable, unavailable, overloaded]);
  });

  it('says that the outcome is unknown when the confirm does not come', async () => {
    const broker = await fixture.open({ publishTimeoutMs: 800 });
    fixture.proxy.hold('to-client');
    const sent = broker.publish(modelGenerate, generate('f:1'), toHigh);
    await expect(sent).rejects.toMatchObject({ code: publishFailureCodes.unconfirmed });
    expect(await fixture.ready(high)).toBe(1);
    // The late confirm changes nothing and the channel is as good as before.
    fixture.proxy.flow();
    await broker.publish(modelGenerate, generate('f:2'), toHigh);
  });

  it('notices a broker that went silent', async () => {
    const broker = await fixture.open({ url: `${fixture.proxy.url}?heartbeat=1` });
    fixture.proxy.hold();
    await waitFor(() => !broker.state.connected, { timeoutMs: 20_000 });
    const sent = broker.publish(modelGenerate, generate('f:1'), toHigh);
    fixture.proxy.flow();
    await sent;
  });

  it('comes back when the broker itself ends the connections', async () => {
    const broker = await fixture.open();
    const lost = new Promise<void>((resolve) => {
      broker.onStateChange(({ connected }) => (connected ? undefined : resolve()));
    });
    await waitFor(async () => (await closeConnections(fixture.vhost.name, 'spec')) > 0);
    await lost;
    await broker.publish(modelGenerate, generate('f:1'), toHigh);
  });
});
