import {
  alertSend,
  batchCompleted,
  delayQueueName,
  fileSettled,
  modelGenerate,
  queues,
} from '@image2model/contracts';
import { publishFailureCodes, type Broker } from '../src/index.js';
import { createFixture, headersOf, type Fixture } from './support/fixture.js';
import { generate } from './support/generate.js';

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

const high = queues.generateHigh.name;

describe('publish', () => {
  it('routes a task by type and lane and tells the broker what the envelope tells', async () => {
    await broker.publish(
      modelGenerate,
      { ...generate('f:1'), occurredAt: '2026-01-02T03:04:05.000Z' },
      { lane: 'high' },
    );
    const { content, properties, fields } = await fixture.take(high);
    expect(JSON.parse(content.toString())).toEqual({
      id: 'f:1',
      type: 'model.generate',
      version: 1,
      occurredAt: '2026-01-02T03:04:05.000Z',
      payload: { gen: 1 },
    });
    expect(fields).toMatchObject({ exchange: 'tasks', routingKey: 'model.generate.high' });
    expect(properties).toMatchObject({
      messageId: 'f:1',
      type: 'model.generate',
      contentType: 'application/json',
      deliveryMode: 2,
      timestamp: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000,
    });
  });

  it('routes an event by type', async () => {
    await broker.publish(fileSettled, { batchId: 'bat_1', payload: { files: [1, 2] } });
    const { fields } = await fixture.take(queues.fileSettled.name);
    expect(fields).toMatchObject({ exchange: 'events', routingKey: 'file.settled' });
  });

  it('lets a higher priority overtake on a priority queue', async () => {
    const alert = (id: string): { id: string; payload: (typeof alertSend)['payload']['_output'] } => ({
      id,
      payload: { severity: 'info', code: 'x', message: 'm', resolved: false, details: {} },
    });
    await broker.publish(alertSend, alert('low'), { priority: 1 });
    await broker.publish(alertSend, alert('high'), { priority: 10 });
    expect((await fixture.take(queues.alertSend.name)).properties.messageId).toBe('high');
  });

  it('rejects what no queue takes, although the broker acks it', async () => {
    await expect(broker.publish(modelGenerate, generate('f:1'))).rejects.toMatchObject({
      kind: 'dependency',
      code: publishFailureCodes.unroutable,
    });
  });

  it('tells two messages with one id in flight apart', async () => {
    const many = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        broker.publish(modelGenerate, generate('same'), i % 2 === 0 ? { lane: 'high' } : {}),
      ),
    );
    expect(many.map(({ status }) => status)).toEqual(
      many.map((_, i) => (i % 2 === 0 ? 'fulfilled' : 'rejected')),
    );
    expect(await fixture.ready(high)).toBe(100);
  });

  it('does not demand a listener for an event that the topology has no queue for', async () => {
    const payload = { run: 1, status: 'completed', total: 0, completed: 0, failed: 0, cancelled: 0 } as const;
    await broker.publish(batchCompleted, { payload: { ...payload, finishedAt: '2026-01-01T00:00:00Z' } });
  });

  it('rejects what a full queue refuses', async () => {
    await fixture.admin.assertQueue('tiny', {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    // A quorum queue counts with a delay, so the refusal may take some messages.
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 500; i++) await broker.publishRaw('tiny', { body: Buffer.from('{}'), headers: {} });
    };
    await expect(fill()).rejects.toMatchObject({ code: publishFailureCodes.rejected });
    await broker.publish(modelGenerate, generate('after'), { lane: 'high' });
  });

  it('loses only the messages in flight when one of them makes the broker close the channel', async () => {
    await fixture.admin.deleteExchange('retry');
    const target = { queue: queues.generateHigh, rung: '5s' } as const;
    await expect(broker.publishDelayed(modelGenerate, generate('f:1'), target)).rejects.toMatchObject({
      code: publishFailureCodes.unconfirmed,
    });
    // The new channel finds the exchange again.
    await broker.publishDelayed(modelGenerate, generate('f:2'), target);
    expect(await fixture.ready(delayQueueName('5s', high))).toBe(1);
  });

  it('rejects a message that cannot be written, and goes on', async () => {
    const headers = { big: 'x'.repeat(70_000) };
    await expect(broker.publishRaw(high, { body: Buffer.from('{}'), headers })).rejects.toMatchObject({
      kind: 'unexpected',
    });
    await broker.publishRaw(high, { body: Buffer.from('{}'), headers: {} });
  });
});

describe('publishMany', () => {
  it('publishes everything, in order', async () => {
    const inputs = Array.from({ length: 3000 }, (_, i) => generate(`f:${i}`));
    await broker.publishMany(modelGenerate, inputs, { lane: 'high' });
    expect(await fixture.ready(high)).toBe(3000);
    for (let i = 0; i < 50; i++) expect((await fixture.take(high)).properties.messageId).toBe(`f:${i}`);
  });

  it('takes inputs only as the broker confirms, and lets go of them after a failure', async () => {
    let taken = 0;
    let released = false;
    function* inputs(): Iterable<ReturnType<typeof generate>> {
      try {
        for (;;) yield generate(`f:${taken++}`);
      } finally {
        released = true;
      }
    }
    await expect(broker.publishMany(modelGenerate, inputs())).rejects.toMatchObject({
      code: publishFailureCodes.unroutable,
    });
    expect(taken).toBeLessThan(5000);
    expect(released).toBe(true);
  });

  it('resolves for no inputs and rejects with what the inputs throw', async () => {
    await broker.publishMany(modelGenerate, [], { lane: 'high' });
    function* inputs(): Iterable<ReturnType<typeof generate>> {
      yield generate('f:1');
      throw new Error('no more');
    }
    await expect(broker.publishMany(modelGenerate, inputs(), { lane: 'high' })).rejects.toThrow('no more');
    expect(await fixture.ready(high)).toBe(1);
  });
});

describe('delayed and raw messages', () => {
  it('waits on the rung of the target queue and arrives there', async () => {
    await broker.publishDelayed(modelGenerate, generate('f:1'), { queue: queues.generateHigh, rung: '5s' });
    expect(await fixture.ready(delayQueueName('5s', high))).toBe(1);
    expect((await fixture.take(high)).properties.messageId).toBe('f:1');
  });

  it('keeps foreign headers, drops those of the broker, and on a redrive ours', async () => {
    const headers = { traceparent: '00-1', 'x-death': [{ count: 1 }], CC: ['elsewhere'], 'i2m-attempt': 4 };
    const message = {
      body: Buffer.from('not json'),
      headers,
      messageId: 'm',
      type: 't',
      timestamp: 7,
      priority: 3,
    };
    await broker.publishRaw(high, message);
    await broker.redrive(high, message);
    const [raw, redriven] = [await fixture.take(high), await fixture.take(high)];
    expect(headersOf(raw)).toEqual({ traceparent: '00-1', 'i2m-attempt': 4 });
    expect(headersOf(redriven)).toEqual({ traceparent: '00-1' });
    expect(raw.properties).toMatchObject({ messageId: 'm', type: 't', timestamp: 7, priority: 3 });
    expect(raw.content.toString()).toBe('not json');
  });
});
