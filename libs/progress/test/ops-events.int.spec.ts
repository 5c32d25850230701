import { connectProgress } from '../src/index.js';
import { progress, raw } from './support/store.js';

const stream = 'i2m:ops-events';
beforeEach(() => raw.del(stream));

const add = (message: string, details = {}): Promise<boolean> =>
  progress.opsEvents.add('lane.paused', { by: 'key:1', message, details });

test('events are read once and in order, and the last ones by themselves', async () => {
  for (const message of ['a', 'b', 'c'])
    expect(await add(message, { lane: 'low', n: 1, x: null })).toBe(true);
  const { events, last } = await progress.opsEvents.tail(2);
  expect(events.map(({ message }) => message)).toEqual(['b', 'c']);
  expect(events[0]).toMatchObject({
    type: 'lane.paused',
    by: 'key:1',
    details: { lane: 'low', n: 1, x: null },
    atMs: expect.any(Number),
  });
  expect(last).toBe(events[1]?.id);
  const first = await progress.opsEvents.read('0-0', 2);
  expect(first.events.map(({ message }) => message)).toEqual(['a', 'b']);
  const rest = await progress.opsEvents.read(first.last, 10);
  expect(rest.events.map(({ message }) => message)).toEqual(['c']);
  expect(await progress.opsEvents.read(rest.last, 10)).toEqual({ events: [], last: rest.last });
});

test('nobody has events before there are any', async () => {
  expect(await progress.opsEvents.tail(5)).toEqual({ events: [], last: '0-0' });
});

test('what another version wrote is passed over, not an end', async () => {
  await raw.xadd(stream, '*', 't', 'comet.seen', 'm', 'x', 'd', '{}');
  await raw.xadd(stream, '*', 't', 'lane.paused', 'm', 'x', 'd', 'no JSON');
  const { events, last } = await progress.opsEvents.read('0-0', 10);
  expect(events).toEqual([]);
  await add('after');
  expect((await progress.opsEvents.read(last, 10)).events).toHaveLength(1);
});

test('long texts are cut, and the stream is kept short', async () => {
  await add('m'.repeat(2_000), { long: 'd'.repeat(2_000) });
  const [event] = (await progress.opsEvents.tail(1)).events;
  expect([event?.message.length, String(event?.details['long']).length]).toEqual([500, 500]);
  const pipeline = raw.pipeline();
  for (let n = 0; n < 10_500; n += 1) pipeline.xadd(stream, '*', 't', 'lane.paused', 'm', 'x', 'd', '{}');
  await pipeline.exec();
  await add('one more');
  expect(await raw.xlen(stream)).toBeLessThan(10_300);
});

test('old ones go', async () => {
  await raw.xadd(stream, '1-0', 't', 'lane.paused', 'm', 'old', 'd', '{}');
  await add('new');
  await progress.opsEvents.trim(1_000);
  const { events } = await progress.opsEvents.tail(10);
  // trimming is approximate: it may keep the old one, never lose the new one
  expect(events.at(-1)?.message).toBe('new');
});

test('never throws: without Redis it says that nothing was kept', async () => {
  const url = `redis://127.0.0.1:${raw.options.port}/${raw.options.db}`;
  const gone = await connectProgress({
    url,
    logger: { warn: () => undefined, error: () => undefined },
    failFast: true,
  });
  await gone.close();
  expect(await gone.opsEvents.add('lane.paused', { by: null, message: 'x' })).toBe(false);
});
