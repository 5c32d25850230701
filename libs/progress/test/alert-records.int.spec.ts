import { closingAfterAll, createRedisDatabase, rawRedis, waitFor, type RawRedis } from '@image2model/testing';
import { connectProgress, type AlertRecord, type Progress } from '../src/index.js';

const quiet = { warn: () => undefined, error: () => undefined };
const payload = {
  severity: 'critical',
  code: 'health',
  message: 'm',
  resolved: false,
  details: {},
} as const;
const row = (id: string) => ({ kind: 'alert', id, occurredAt: '2026-01-01T00:00:00.000Z', payload }) as const;

describe('alert records', () => {
  const closing = closingAfterAll();
  let progress: Progress;
  let raw: RawRedis;
  beforeAll(async () => {
    const { url } = closing(await createRedisDatabase());
    raw = rawRedis(url);
    progress = closing(await connectProgress({ url, logger: quiet }));
  });

  it('remember a trouble for 30 days, and forget what another version wrote', async () => {
    const record: AlertRecord = {
      state: 'critical',
      channels: ['slack'],
      lastId: 'a1',
      occurredAtMs: 1,
      toldAtMs: 2,
      keptBack: 3,
    };
    expect(await progress.alerts.read('health')).toBeNull();
    await progress.alerts.write('health', record);
    expect(await progress.alerts.read('health')).toEqual(record);
    expect(Number(await raw('TTL', 'i2m:alert:health'))).toBeGreaterThan(29 * 24 * 3_600);
    await raw('SET', 'i2m:alert:health', '{"state":"odd"}');
    expect(await progress.alerts.read('health')).toBeNull();
  });

  it('let one deliver at a time, another one after a failure or a death, nobody after it was told', async () => {
    const { alerts } = progress;
    expect(await Promise.all([alerts.beginDelivery('d', 500), alerts.beginDelivery('d', 500)])).toEqual(
      expect.arrayContaining(['go', 'busy']),
    );
    await waitFor(async () => (await alerts.beginDelivery('d', 10_000)) === 'go', { everyMs: 10 });
    await alerts.endDelivery('d', false);
    expect(await alerts.beginDelivery('d', 10_000)).toBe('go');
    await alerts.endDelivery('d', true);
    expect(await alerts.beginDelivery('d', 10_000)).toBe('done');
  });

  it('count by channel, hour and kind, and forget the count', async () => {
    const { alerts } = progress;
    expect(await alerts.count('slack', 0, 'told')).toBe(1);
    expect(await alerts.count('slack', 0, 'told')).toBe(2);
    expect(await alerts.count('slack', 0, 'kept')).toBe(1);
    expect(await alerts.count('webhook', 0, 'told')).toBe(1);
    expect(await alerts.count('slack', 3_600_000, 'told')).toBe(1);
    expect([await alerts.keptBack('slack', 0), await alerts.keptBack('webhook', 0)]).toEqual([1, 0]);
    expect(Number(await raw('TTL', 'i2m:alert-count:slack:0'))).toBeGreaterThan(3_600);
  });

  it('post what cannot travel: in order, heard at once, there until it is taken out', async () => {
    let heard = 0;
    await progress.onAlertPosted(() => (heard += 1));
    const before = heard;
    await progress.alerts.post(row('one'));
    await progress.alerts.post(row('two'));
    await waitFor(() => heard >= before + 2, { everyMs: 10 });
    const posted = await progress.alerts.posted(10);
    expect(posted.map(({ row: { id } }) => id)).toEqual(['one', 'two']);
    await raw('XADD', 'i2m:alerts', '*', 'row', '{"kind":"newer"}');
    await progress.alerts.takeOut(posted.slice(0, 1).map(({ key }) => key));
    expect((await progress.alerts.posted(10)).map(({ row: { id } }) => id)).toEqual(['two']);
    expect(await raw('XLEN', 'i2m:alerts')).toBe('1');
  });
});

describe('vital signs', () => {
  const closing = closingAfterAll();
  let progress: Progress;
  let raw: RawRedis;
  beforeAll(async () => {
    const { url } = closing(await createRedisDatabase());
    raw = rawRedis(url);
    progress = closing(await connectProgress({ url, logger: quiet }));
  });

  it('find the governors that a process uses, with why they are parked; not those of a key that went', async () => {
    const now = Date.now();
    await raw('ZADD', 'i2m:governors', now - 6 * 60_000, 'old');
    const governor = progress.governor('fal:1', { start: 2, most: 4 });
    await governor.park({ code: 'provider_auth', detail: 'the key was refused' });
    const found = await waitFor(async () => {
      const all = await progress.vitals.governors(Date.now());
      return all.size > 0 && all;
    });
    expect([...found].map(([name, { parked }]) => [name, parked?.code, parked?.detail])).toEqual([
      ['fal:1', 'provider_auth', 'the key was refused'],
    ]);
  });

  it('count ended batches that nobody announced, and only those', async () => {
    const put = async (id: string, state: string, finishedAt: number) => {
      await raw('HSET', `i2m:{${id}}:b`, 'state', state, 'finished_at', finishedAt);
      await raw('ZADD', 'i2m:active', 1, id);
    };
    await put('a', 'completed', 1_000);
    await put('b', 'failed', 5_000);
    await put('c', 'running', 0);
    expect(await progress.vitals.unannounced(5_000)).toEqual({ count: 1, sinceMs: 1_000 });
    expect(await progress.vitals.unannounced(5_001)).toEqual({ count: 2, sinceMs: 1_000 });
    expect(await progress.vitals.unannounced(1_000)).toEqual({ count: 0, sinceMs: null });
  });
});
