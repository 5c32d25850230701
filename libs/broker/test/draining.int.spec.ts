import { setTimeout as delay } from 'node:timers/promises';
import { fileSettled, modelGenerate, queues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { publishFailureCodes, Requeue, type Broker } from '../src/index.js';
import { createFixture, type Fixture } from './support/fixture.js';
import { generate, generateHandler, queue, type GenerateHandler } from './support/generate.js';

let fixture: Fixture;
let broker: Broker;
beforeAll(async () => {
  fixture = await createFixture();
});
beforeEach(async () => {
  broker = await fixture.open({ drainMs: 1_500 });
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const send = (id: string): Promise<void> => broker.publish(modelGenerate, generate(id), { lane: 'high' });
const consume = (prefetch: number, handle: GenerateHandler['handle']): Promise<void> =>
  broker.consume([generateHandler(handle, { prefetch })]);
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('close', () => {
  it('lets a running handler publish and finish, and acks it', async () => {
    let begun = false;
    await consume(1, async (_envelope, { publish }) => {
      begun = true;
      await delay(300);
      await publish(fileSettled, { payload: { files: [1] } });
    });
    await send('f:1');
    await waitFor(() => begun, { everyMs: 5 });
    await broker.close();
    expect(fixture.tasks).toMatchObject([{ outcome: 'done' }]);
    expect([await fixture.left(queue.name), await fixture.ready(queues.fileSettled.name)]).toEqual([0, 1]);
  });

  it.each([
    ['a Requeue', () => new Requeue()],
    ["the signal's reason", (signal: AbortSignal) => signal.reason],
    ['an AbortError', () => new DOMException('stopped', 'AbortError')],
    ['an error caused by the reason', (signal: AbortSignal) => new Error('lost', { cause: signal.reason })],
  ])('gives back what a handler ends with %s', async (_what, error) => {
    let begun = false;
    await consume(1, async (_envelope, { signal }) => {
      begun = true;
      await aborted(signal);
      throw error(signal);
    });
    await send('f:1');
    await waitFor(() => begun, { everyMs: 5 });
    await broker.close();
    expect(fixture.tasks).toMatchObject([{ outcome: 'requeued' }]);
    const { fields, properties } = await fixture.take(queue.name);
    expect(fields.redelivered).toBe(true);
    expect(properties.headers).not.toHaveProperty('i2m-attempt');
  });

  it('waits no longer than drainMs for a handler that does not listen', async () => {
    let begun = false;
    await consume(1, async () => {
      begun = true;
      await delay(20_000, undefined, { ref: false });
    });
    await send('f:1');
    await send('f:2');
    await waitFor(() => begun, { everyMs: 5 });
    const startedAt = performance.now();
    await broker.close();
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(await fixture.left(queue.name)).toBe(2);
    expect(fixture.logger.lines.join()).toContain('did not stop in time');
  });

  it('refuses further publishes and consumers', async () => {
    await broker.close();
    await expect(send('f:1')).rejects.toMatchObject({ code: publishFailureCodes.closed });
    await expect(consume(1, async () => undefined)).rejects.toThrow('closing');
    await broker.close();
  });

  it('ends in time when the broker is silent, and rejects what it could not confirm', async () => {
    fixture.proxy.hold();
    const sent = expect(send('f:1')).rejects.toMatchObject({ code: publishFailureCodes.unconfirmed });
    const startedAt = performance.now();
    await broker.close();
    await sent;
    expect(performance.now() - startedAt).toBeLessThan(9_000);
  });

  it('ends at once when the broker is away', async () => {
    await consume(1, async () => undefined);
    await fixture.proxy.refuse();
    await waitFor(() => !broker.state.connected);
    const startedAt = performance.now();
    await broker.close();
    expect(performance.now() - startedAt).toBeLessThan(1_900);
  });
});
