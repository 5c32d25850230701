import { generateMessageId } from '@image2model/contracts';
import { closingAfterAll, waitFor } from '@image2model/testing';
import { openBench, type Bench } from './support/bench.js';
import { startLaneWorker } from './support/lane-worker.js';
import { startStallingProxy } from './support/stalling-proxy.js';

const closing = closingAfterAll();
const range = (count: number): number[] => Array.from({ length: count }, (_, idx) => idx);
const cursorOf = async (bench: Bench, id: string): Promise<number> =>
  Number(await bench.redis('HGET', `i2m:{${id}}:b`, 'cursor'));
const total = 3_000;
/** Two chunks of the largest size may be on their way at once. */
const mostInFlight = 2 * 256;

describe('an orchestrator that is killed with unconfirmed chunks', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = closing(await openBench());
  });
  /** Where the fan-out stands once nothing moves any more. */
  const atRest = (id: string): Promise<{ cursor: number; queued: number }> => {
    let [before, since] = ['', Date.now()];
    const look = async () => {
      const now = { cursor: await cursorOf(bench, id), queued: await bench.ready() };
      if (JSON.stringify(now) !== before) [before, since] = [JSON.stringify(now), Date.now()];
      return Date.now() - since >= 1_500 && now;
    };
    return waitFor(look, { everyMs: 150, what: 'rest' });
  };

  test('leaves the cursor before them, and the next one repeats them and nothing else', async () => {
    // many slots, so that the window has room for large chunks
    const fleet = { service: 'model-worker', instance: 'w', pid: 1, startedAtMs: 0, active: 0, version: '0' };
    await bench.progress.fleet.beat({ ...fleet, slots: 1_000 });
    const proxy = closing(await startStallingProxy(bench.amqpUrl));
    const first = await bench.start({ AMQP_URL: proxy.url });
    const id = await bench.newBatch({ total, tell: false });
    proxy.stallAfter(generateMessageId(id, 1_000, 0));
    await waitFor(() => proxy.stalled, { everyMs: 5, what: 'the chunk with file 1,000' });
    const { cursor, queued } = await atRest(id);
    expect(queued).toBeGreaterThan(1_000);
    expect(cursor).toBeGreaterThan(0);
    expect(cursor).toBeLessThanOrEqual(1_000);
    expect(queued - cursor).toBeLessThanOrEqual(mostInFlight);
    await first.kill('SIGKILL');

    // its lease of the lane would last up to 10 s more
    await bench.redis('DEL', 'i2m:lease:dispatch:normal');
    await bench.start();
    const worker = closing(await startLaneWorker(bench, { works: true }));
    const events = await bench.completion(id, 30_000);
    await waitFor(() => worker.taken.length >= total + queued - cursor, { what: 'the repeated messages' });
    expect(events).toEqual([expect.objectContaining({ completed: total })]);
    expect(await cursorOf(bench, id)).toBe(total);
    const times = new Map<string, number>();
    for (const message of worker.taken) times.set(message.id, (times.get(message.id) ?? 0) + 1);
    expect([...times.keys()].sort()).toEqual(
      range(total)
        .map((idx) => generateMessageId(id, idx, 0))
        .sort(),
    );
    const twice = [...times].filter(([, count]) => count > 1).map(([messageId]) => messageId);
    const unconfirmed = range(queued).slice(cursor);
    expect(twice.sort()).toEqual(unconfirmed.map((idx) => generateMessageId(id, idx, 0)).sort());
  });
});

describe('of two orchestrators', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = closing(await openBench());
  });

  test('one fans a lane out, and the other within its lease of 10 s when that one is killed', async () => {
    const apps = [await bench.start(), await bench.start()];
    const before = await bench.newBatch({ total: 20 });
    await waitFor(async () => (await cursorOf(bench, before)) === 20, {
      everyMs: 20,
      what: 'the first batch',
    });
    const holder = String(await bench.redis('GET', 'i2m:lease:dispatch:normal'));
    const dispatcher = apps.find(({ pid }) => holder.includes(`-${pid}-`));
    await dispatcher?.kill('SIGKILL');
    expect(dispatcher?.exit).toEqual({ code: null, signal: 'SIGKILL' });
    const killedAt = Date.now();
    const meanwhile = await bench.newBatch({ total: 30 });
    await waitFor(async () => (await bench.ready()) === 50, { what: 'the second batch', timeoutMs: 30_000 });
    expect(Date.now() - killedAt).toBeLessThan(25_000);
    expect(String(await bench.redis('GET', 'i2m:lease:dispatch:normal'))).not.toBe(holder);
    const worker = closing(await startLaneWorker(bench, { works: true }));
    await Promise.all([before, meanwhile].map((id) => bench.completion(id)));
    expect(new Set(worker.taken.map(({ id }) => id)).size).toBe(50);
    expect(worker.taken).toHaveLength(50);
  });
});
