import { connectBroker } from '@image2model/broker';
import {
  delayQueueName,
  generateMessageId,
  laneQueues,
  modelGenerate,
  sealEnvelope,
} from '@image2model/contracts';
import type { Attempts } from '@image2model/progress';
import { closingAfterAll, startProxy, type TcpProxy, waitFor } from '@image2model/testing';
import type { GenerationRequest, Provider } from '../src/domain/provider.js';
import { openBench, type Bench } from './support/bench.js';
import { startInProcessWorker } from './support/in-process-worker.js';

/** A provider that makes nothing until it is told to. */
class ManualProvider implements Provider {
  readonly name = 'noop';
  readonly slots = 4;
  readonly begun: GenerationRequest[] = [];
  private readonly ends: (() => void)[] = [];

  async generate(request: GenerationRequest): Promise<null> {
    this.begun.push(request);
    await new Promise<void>((resolve, reject) => {
      this.ends.push(resolve);
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), { once: true });
    });
    return null;
  }

  endAll(): void {
    for (const end of this.ends.splice(0)) end();
  }
}

const closing = closingAfterAll();
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
});

const begun = (provider: ManualProvider, count: number) =>
  waitFor(() => provider.begun.length >= count, { everyMs: 10, what: `${count} generations begun` });

test('of three copies of a message one works and the others wait out the lease', async () => {
  const provider = new ManualProvider();
  const worker = closing(await startInProcessWorker(bench, provider));
  const id = await bench.newBatch({ total: 1 });
  await begun(provider, 1);
  await bench.publish(id, 0);
  await bench.publish(id, 0, 0, 1);
  await waitFor(async () => (await bench.delayed('60s')) === 2, { what: 'both copies on a rung above 30 s' });
  // each under its own id: the broker's redelivery of a copy must not pass for that of the message in work
  const waiting: (string | undefined)[] = [];
  const peek = closing(await connectBroker({ url: bench.amqpUrl, service: 'peek', logger: bench.logger }));
  await peek.consumeRaw(delayQueueName('60s', laneQueues.normal.name), 8, async ({ messageId }) => {
    waiting.push(messageId);
  });
  await waitFor(() => waiting.length === 2, { what: 'the copies' });
  await peek.close();
  expect(waiting.sort()).toEqual([0, 1].map((copy) => generateMessageId(id, 0, 0, copy)));
  expect(provider.begun).toHaveLength(1);
  provider.endAll();
  expect(await bench.waitForState(id, 'completed')).toMatchObject({ counts: { completed: 1 } });
  // the copy comes back: late, or by somebody's impatience
  await bench.publish(id, 0);
  await waitFor(async () => (await bench.broker.readyCount(laneQueues.normal.name)) === 0, {
    what: 'an empty lane',
  });
  await worker.close();
  expect(provider.begun).toHaveLength(1);
  expect(bench.told.filter(({ batchId }) => batchId === id)).toEqual([{ batchId: id, files: [0] }]);
  expect(await bench.file(id, 0)).toMatchObject({ attempts: 1 });
});

test('a Redis that refuses a while condemns no file: its message climbs the whole ladder', async () => {
  const provider = new ManualProvider();
  const refusing = async (): Promise<never> => {
    throw new Error("OOM command not allowed when used memory > 'maxmemory'.");
  };
  const attempts = Object.create(bench.progress.attempts, { claim: { value: refusing } }) as Attempts;
  const progress = { ...bench.progress, attempts };
  const worker = closing(await startInProcessWorker({ ...bench, progress }, provider));
  const id = await bench.newBatch({ total: 1, fanOut: false });
  const waiting = async (): Promise<number> => (await bench.delayed('15s')) + (await bench.delayed('60s'));
  const before = await waiting();
  const message = { id: generateMessageId(id, 0, 0), batchId: id, fileIdx: 0, payload: { gen: 0 } };
  const body = Buffer.from(JSON.stringify(sealEnvelope(modelGenerate, message)));
  // its second try: a defect would have no third one
  await bench.broker.publishRaw(laneQueues.normal.name, { body, headers: { 'i2m-attempt': 2 } });
  await waitFor(async () => (await waiting()) > before, { timeoutMs: 5_000, what: 'a further try' });
  await worker.close();
  expect(await bench.broker.readyCount(`${laneQueues.normal.name}.dead`)).toBe(0);
  expect(await bench.file(id, 0)).toMatchObject({ state: 'pending', attempts: 0 });
});

describe('a worker that lost its connection to the broker', () => {
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = closing(await startProxy(bench.amqpUrl));
  });

  test('is taken over at once through the redelivery, and its own result is refused', async () => {
    const [zombie, heir] = [new ManualProvider(), new ManualProvider()];
    closing(await startInProcessWorker(bench, zombie, { amqpUrl: proxy.url, instance: 'zombie' }));
    const id = await bench.newBatch({ total: 1 });
    await begun(zombie, 1);
    closing(await startInProcessWorker(bench, heir, { instance: 'heir' }));
    const cutAt = Date.now();
    proxy.cut();
    await begun(heir, 1);
    expect(Date.now() - cutAt).toBeLessThan(20_000);
    expect(await bench.file(id, 0)).toMatchObject({ attempts: 2, state: 'running' });
    expect(await bench.crashes(id, 0)).toBe(1);

    zombie.endAll();
    proxy.restore();
    // it concludes nothing and tells nothing: its token is older
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await bench.file(id, 0)).toMatchObject({ state: 'running' });
    expect(bench.told.filter(({ batchId }) => batchId === id)).toEqual([]);
    heir.endAll();
    await bench.waitForState(id, 'completed');
    expect(heir.begun).toHaveLength(1);
    expect(bench.told.filter(({ batchId }) => batchId === id)).toEqual([{ batchId: id, files: [0] }]);
  });
});
