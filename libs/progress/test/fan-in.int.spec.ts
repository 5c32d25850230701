import { createRedisDatabase, type RedisDatabase } from '@image2model/testing';
import { Redis } from 'ioredis';
import {
  connectProgress,
  type ClaimReply,
  type Conclusion,
  type FactFeed,
  type Progress,
} from '../src/index.js';

const silent = { warn: () => undefined, error: () => undefined };
let database: RedisDatabase;
let progress: Progress;
let raw: Redis;
let n = 0;
const feeds: FactFeed[] = [];
const openFeed = (): FactFeed => {
  const feed = progress.factFeed();
  feeds.push(feed);
  return feed;
};

beforeAll(async () => {
  database = await createRedisDatabase();
  progress = await connectProgress({ url: database.url, logger: silent });
  raw = new Redis(database.url);
});
afterAll(async () => {
  await Promise.all(feeds.map((feed) => feed.close()));
  await progress.close();
  await raw.quit();
  await database.close();
});

async function batchOf(total: number, lane: 'high' | 'normal' | 'low' = 'normal'): Promise<string> {
  const id = `bat_${String((n += 1)).padStart(32, '0')}`;
  const batch = {
    id,
    tenant: 't',
    name: null,
    lane,
    provider: 'noop',
    settings: {},
    total,
    retentionHours: 1,
    createdAtMs: Date.now(),
  };
  await progress.batches.stage(batch, []);
  await progress.batches.activate(id);
  return id;
}
const claim = (
  id: string,
  idx: number,
  more: { messageId?: string; gen?: number; redelivered?: boolean; worker?: string } = {},
): Promise<ClaimReply> =>
  progress.attempts.claim(id, {
    idx,
    messageId: `f:${id}:${idx}:0`,
    gen: 0,
    redelivered: false,
    worker: 'w',
    ...more,
  });
async function claimed(id: string, idx: number, more = {}): Promise<string> {
  const reply = await claim(id, idx, more);
  if (reply.status !== 'ok') throw new Error(`claim answered ${reply.status}`);
  return reply.token;
}
const done: Conclusion = { outcome: 'completed', model: null };
const bad: Conclusion = {
  outcome: 'failed',
  error: { kind: 'input', code: 'input.truncated', message: 'cut short', retryable: false },
};

describe('a batch with duplicates and races', () => {
  test('completes once, with the counts of first terminal states', async () => {
    const id = await batchOf(3);
    for (const idx of [0, 1, 2]) {
      const token = await claimed(id, idx);
      expect(await progress.attempts.conclude(id, { idx, token }, idx === 1 ? bad : done)).toBe('ok');
      expect(await progress.attempts.conclude(id, { idx, token }, bad)).toBe('concluded');
    }
    const replies = await Promise.all([
      progress.settlements.finish(id, [0, 1]),
      progress.settlements.finish(id, [1, 0]),
    ]);
    expect(replies.map((reply) => reply.ended)).toEqual([false, false]);
    expect((await progress.settlements.finish(id, [2, 2, 0])).ended).toBe(true);
    expect((await progress.settlements.finish(id, [0, 1, 2])).ended).toBe(false);
    const rows = await progress.settlements.outbox(id);
    expect(rows).toEqual([
      expect.objectContaining({
        eventId: `batch.completed:${id}:1`,
        status: 'partial',
        completed: 2,
        failed: 1,
        cancelled: 0,
        total: 3,
      }),
    ]);
    const batch = await progress.batches.get('t', id);
    expect(batch).toMatchObject({
      state: 'partial',
      counts: { pending: 0, running: 0, completed: 2, failed: 1, cancelled: 0 },
    });
  });

  test('a settlement before the conclusion changes nothing', async () => {
    const id = await batchOf(1);
    expect(await progress.settlements.finish(id, [0])).toMatchObject({ open: 1, ended: false });
    const token = await claimed(id, 0);
    expect(await progress.settlements.finish(id, [0])).toMatchObject({ open: 1, ended: false });
    await progress.attempts.conclude(id, { idx: 0, token }, done);
    expect(await progress.settlements.finish(id, [0])).toMatchObject({ completed: 1, ended: true });
  });

  test('a crash after the last settlement keeps the completion in the outbox until it is acked', async () => {
    const id = await batchOf(1);
    await progress.attempts.conclude(id, { idx: 0, token: await claimed(id, 0) }, done);
    await progress.settlements.finish(id, [0]);
    expect(await progress.lanes.active()).toContain(id);
    const [row] = await progress.settlements.outbox(id);
    await progress.settlements.ackOutbox(id, row?.eventId ?? '');
    await progress.settlements.ackOutbox(id, row?.eventId ?? '');
    expect(await progress.settlements.outbox(id)).toEqual([]);
    expect(await progress.lanes.active()).not.toContain(id);
  });

  test('lost counters are corrected from the states', async () => {
    const id = await batchOf(2);
    for (const idx of [0, 1])
      await progress.attempts.conclude(id, { idx, token: await claimed(id, idx) }, done);
    await progress.settlements.finish(id, [0]);
    await raw.hset(`i2m:{${id}}:b`, 'nS', 0, 'nR', 7);
    await progress.settlements.finish(id, [1]);
    expect(await progress.settlements.recount(id)).toEqual({ wrong: 2, ended: true });
    expect((await progress.batches.get('t', id))?.counts.completed).toBe(2);
  });
});

describe('claims', () => {
  test('a second message waits; the own redelivered message takes over and fences the first holder', async () => {
    const id = await batchOf(1);
    const first = await claimed(id, 0);
    expect(await claim(id, 0, { messageId: 'other' })).toMatchObject({ status: 'busy' });
    expect(await claim(id, 0)).toMatchObject({ status: 'busy' });
    const second = await claimed(id, 0, { redelivered: true });
    expect(Number(second)).toBeGreaterThan(Number(first));
    expect(await progress.attempts.conclude(id, { idx: 0, token: first }, bad)).toBe('fenced');
    expect(await progress.attempts.conclude(id, { idx: 0, token: second }, done)).toBe('ok');
    expect(await claim(id, 0)).toEqual({ status: 'concluded' });
    await progress.settlements.finish(id, [0]);
    expect(await claim(id, 0)).toEqual({ status: 'done' });
  });

  test('the fifth takeover is poison; a release in order is not a crash', async () => {
    const id = await batchOf(2);
    await claimed(id, 0);
    for (let crash = 1; crash < 5; crash += 1)
      expect(await claim(id, 0, { redelivered: true })).toMatchObject({ status: 'ok' });
    expect(await claim(id, 0, { redelivered: true })).toMatchObject({ status: 'poison' });
    for (let drain = 0; drain < 8; drain += 1) {
      const token = await claimed(id, 1, { redelivered: true });
      expect(await progress.attempts.release(id, { idx: 1, token })).toBe(true);
    }
    expect((await progress.batches.file(id, 1))?.attempts).toBe(0);
  });

  test('parking bumps the gen: older copies are stale', async () => {
    const id = await batchOf(1);
    const token = await claimed(id, 0);
    expect(await progress.attempts.countFailure(id, { idx: 0, token }, 'crash')).toBe(1);
    const gen = await progress.attempts.park(id, { idx: 0, token }, 5_000, {
      code: 'retry_at',
      detail: 'later',
    });
    expect(gen).toBe(1);
    expect(
      await progress.attempts.park(id, { idx: 0, token }, 5_000, { code: 'retry_at', detail: 'later' }),
    ).toBeUndefined();
    expect(await claim(id, 0)).toEqual({ status: 'stale' });
    expect((await progress.batches.file(id, 0))?.waitingFor).toEqual({ code: 'retry_at', detail: 'later' });
    const again = await claimed(id, 0, { gen: 1, messageId: 'next' });
    expect(
      await progress.attempts.renew(id, [
        { idx: 0, token },
        { idx: 0, token: again },
      ]),
    ).toMatchObject({ state: 'running', lost: [0] });
    expect((await progress.batches.file(id, 0))?.attempts).toBe(2);
  });

  test('unknown batches and files', async () => {
    expect(await claim('bat_none', 0)).toEqual({ status: 'nobatch' });
    const id = await batchOf(1);
    expect(await claim(id, 1)).toEqual({ status: 'done' });
  });
});

describe('cancel and condemn', () => {
  test('nothing is claimed after the flip; waiting, unheld and held files all end', async () => {
    const id = await batchOf(5);
    const held = await claimed(id, 0);
    const parked = await claimed(id, 1);
    await progress.attempts.park(id, { idx: 1, token: parked }, 60_000, { code: 'retry_at', detail: '' });
    expect(await progress.attempts.conclude(id, { idx: 0, token: held }, { outcome: 'cancelled' })).toBe(
      'refused',
    );
    expect(await progress.batches.requestCancel(id)).toBe('cancelling');
    expect(await progress.batches.requestCancel(id)).toBe('cancelling');
    expect(await claim(id, 2)).toEqual({ status: 'stopped' });
    expect(await progress.settlements.cancelWaiting(id, 2)).toMatchObject({ done: false });
    expect(await progress.settlements.cancelWaiting(id, 100)).toMatchObject({ cancelled: 3, done: true });
    expect(await progress.settlements.cancelUnheld(id, [0, 1])).toMatchObject({
      settled: 1,
      held: 1,
      ended: false,
    });
    expect(await progress.attempts.conclude(id, { idx: 0, token: held }, done)).toBe('ok');
    expect(await progress.settlements.finish(id, [0])).toMatchObject({
      completed: 1,
      ended: true,
      state: 'cancelled',
    });
    expect(await progress.batches.requestCancel(id)).toBe('cancelled');
  });

  test('a condemned file fails once; a conclusion that is there stands', async () => {
    const id = await batchOf(2);
    const token = await claimed(id, 0);
    const error = { kind: 'dead_letter', code: 'dead_letter', message: 'x', retryable: true };
    expect(await progress.settlements.condemn(id, 0, error)).toEqual({ status: 'ok', ended: false });
    expect(await progress.attempts.conclude(id, { idx: 0, token }, done)).toBe('settled');
    await progress.attempts.conclude(id, { idx: 1, token: await claimed(id, 1) }, done);
    expect(await progress.settlements.condemn(id, 1, error)).toEqual({ status: 'ok', ended: true });
    expect(await progress.settlements.condemn(id, 1, error)).toEqual({ status: 'settled', ended: false });
    expect((await progress.batches.get('t', id))?.counts).toMatchObject({ completed: 1, failed: 1 });
  });
});

describe('fan-out', () => {
  test('the cursor only moves forward, from where it was expected', async () => {
    const id = await batchOf(10);
    expect(await progress.settlements.advance(id, 0, 4, 60_000)).toBe(true);
    expect(await progress.settlements.advance(id, 0, 4, 60_000)).toBe(false);
    expect(await progress.settlements.advance(id, 4, 4, 60_000)).toBe(false);
    expect((await progress.lanes.batches('normal')).find((batch) => batch.id === id)?.cursor).toBe(4);
    expect(await progress.settlements.overdue(id, Date.now() + 120_000, 100)).toEqual([0, 1, 2, 3]);
  });

  test('overdue files: held, waiting, reissued with a new gen, gone', async () => {
    const id = await batchOf(3);
    await progress.settlements.advance(id, 0, 3, 0);
    const token = await claimed(id, 0);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({ do: 'held' });
    expect(await progress.settlements.reissue(id, 1, 1_000, false)).toEqual({ do: 'waiting' });
    expect(await progress.settlements.reissue(id, 1, 1_000, true)).toEqual({ do: 'reissue', gen: 1 });
    expect(await claim(id, 1)).toEqual({ status: 'stale' });
    await raw.hset(`i2m:{${id}}:a:0`, 'lease', 1);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({ do: 'reissue', gen: 1 });
    await progress.attempts.conclude(id, { idx: 0, token }, done);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({ do: 'concluded' });
    await progress.settlements.finish(id, [0]);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({ do: 'gone' });
  });
});

describe('reading', () => {
  test('files staged with errors, names and pages', async () => {
    const id = `bat_${'f'.repeat(32)}`;
    const source = (i: number) => ({ name: `p${i}.png`, bytes: i, type: 'image/png', width: 1, height: 1 });
    const files = Array.from({ length: 2_345 }, (_, i) => ({
      source: source(i),
      ...(i % 3 === 2 ? { error: { code: 'input.empty', message: '0 bytes', retryable: false } } : {}),
    }));
    const batch = {
      id,
      tenant: 'me',
      name: 'n',
      lane: 'low' as const,
      provider: 'noop',
      settings: { a: 1 },
      total: files.length,
      retentionHours: 1,
      createdAtMs: 5,
    };
    await progress.batches.stage(batch, files);
    expect(await progress.batches.get('me', id)).toBeNull();
    await progress.batches.activate(id);
    expect(await progress.batches.get('you', id)).toBeNull();
    expect(await progress.batches.get('me', id)).toMatchObject({
      counts: { failed: 781, pending: 1_564 },
      settings: { a: 1 },
    });
    const page = await progress.batches.files(id, { states: ['failed'], limit: 2, from: 0 });
    expect(page.files.map((file) => [file.idx, file.source?.name, file.error?.code])).toEqual([
      [2, 'p2.png', 'input.empty'],
      [5, 'p5.png', 'input.empty'],
    ]);
    expect(page.next).toBe(8);
    const last = await progress.batches.files(id, { limit: 1_000, from: 2_000 });
    expect([last.files.length, last.next, last.files.at(-1)?.source?.name]).toEqual([345, null, 'p2344.png']);
    expect(await progress.batches.file(id, 99_999)).toBeNull();
  });

  test('a dropped staged batch leaves no key behind', async () => {
    const id = `bat_${'e'.repeat(32)}`;
    const batch = {
      id,
      tenant: 'me',
      name: null,
      lane: 'low' as const,
      provider: 'noop',
      settings: {},
      total: 2,
      retentionHours: 1,
      createdAtMs: 5,
    };
    await progress.batches.stage(batch, [
      { source: null, error: { code: 'input.empty', message: '', retryable: false } },
      { source: null },
    ]);
    await progress.batches.dropStaged(id);
    expect(await raw.keys(`*${id}*`)).toEqual([]);
  });

  test('facts reach every watcher once and in order, from any position', async () => {
    const id = await batchOf(3);
    const feed = openFeed();
    const seen: Record<string, string[]> = { live: [], late: [] };
    feed.watch(
      id,
      '0-0',
      (facts) =>
        void seen['live']?.push(...facts.map((fact) => `${fact.event}:${String(fact.data['idx'] ?? '')}`)),
    );
    for (const idx of [0, 1, 2]) {
      await progress.attempts.conclude(id, { idx, token: await claimed(id, idx) }, idx === 2 ? bad : done);
      await progress.settlements.finish(id, [idx]);
    }
    feed.watch(id, '0-0', async (facts) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen['late']?.push(...facts.map((fact) => `${fact.event}:${String(fact.data['idx'] ?? '')}`));
    });
    const all = [
      'file.started:0',
      'file.completed:0',
      'file.started:1',
      'file.completed:1',
      'file.started:2',
      'file.failed:2',
      'batch.completed:',
    ];
    const until = Date.now() + 5_000;
    while (Date.now() < until && (seen['late']?.length ?? 0) < all.length)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen).toEqual({ live: all, late: all });
  });

  test('a watcher that comes with an older position misses nothing of what others have read', async () => {
    const id = await batchOf(200);
    const feed = openFeed();
    const live: string[] = [];
    feed.watch(id, '0-0', (facts) => void live.push(...facts.map((fact) => fact.id)));
    const late: string[][] = [];
    for (let idx = 0; idx < 200; idx += 1) {
      await claimed(id, idx);
      if (idx % 10 !== 9) continue;
      const seen: string[] = [];
      late.push(seen);
      feed.watch(id, '0-0', (facts) => void seen.push(...facts.map((fact) => fact.id)));
    }
    const until = Date.now() + 5_000;
    const complete = (): boolean => [live, ...late].every((ids) => ids.length >= 200);
    while (Date.now() < until && !complete()) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(live).toHaveLength(200);
    for (const seen of late) expect(seen).toEqual(live);
  });
});
