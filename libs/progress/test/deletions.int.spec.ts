import { batchOf, bad, claim, claimed, done, progress, raw } from './support/store.js';

const dayMs = 24 * 3_600_000;
const never = new AbortController().signal;
const keysOf = async (id: string): Promise<string[]> => (await raw.keys(`*${id}*`)).sort();
const listed = async (): Promise<string[]> =>
  (await progress.batches.list('t', { limit: 1_000 })).batches.map(({ id }) => id);
const due = (id: string): Promise<string | null> => raw.zscore('i2m:deletions', id);

/** A batch that has ended, its completion relayed. */
async function ended(total = 2): Promise<string> {
  const id = await batchOf(total);
  for (let idx = 0; idx < total; idx += 1) {
    const token = await claimed(id, idx);
    await progress.attempts.conclude(id, { idx, token }, idx === 1 ? bad : done);
  }
  await progress.settlements.finish(
    id,
    Array.from({ length: total }, (_, idx) => idx),
  );
  await announced(id);
  return id;
}
/** One whose every file was refused at the door. */
async function refused(total: number): Promise<string> {
  const id = `bat_${'d'.repeat(32)}`;
  const error = { code: 'input.empty', message: '0 bytes', retryable: false };
  const files = Array.from({ length: total }, () => ({ source: null, error }));
  const more = { name: null, lane: 'low' as const, provider: 'noop', settings: {}, retentionHours: 1 };
  await progress.batches.stage({ id, tenant: 't', total, createdAtMs: Date.now(), ...more }, files);
  await progress.batches.activate(id);
  await announced(id);
  return id;
}
async function announced(id: string): Promise<void> {
  for (const { eventId } of await progress.settlements.outbox(id))
    await progress.settlements.ackOutbox(id, eventId);
}

describe('deleting', () => {
  test('hides the batch from everybody at once; its tombstone and the index remain', async () => {
    const id = await ended();
    expect(await listed()).toContain(id);
    expect(await progress.deletions.delete('t', id)).toBe('deleted');
    expect(await progress.batches.get('t', id)).toBeNull();
    expect(await progress.batches.exists(id)).toBe(false);
    expect(await listed()).not.toContain(id);
    expect(await raw.zscore('i2m:tenant:t:batches', id)).toBeNull();
    expect(await progress.deletions.tombstone(id)).toEqual({ id, tenant: 't', total: 2, erased: false });
    expect(await due(id)).not.toBeNull();
    expect(await progress.deletions.delete('t', id)).toBe('missing');
  });

  test('of many callers one deletes', async () => {
    const id = await ended();
    const replies = await Promise.all(Array.from({ length: 20 }, () => progress.deletions.delete('t', id)));
    expect(replies.filter((reply) => reply === 'deleted')).toHaveLength(1);
    expect(replies.filter((reply) => reply === 'missing')).toHaveLength(19);
  });

  test('is refused to what lives, is not announced, holds a lease or is asked to retry', async () => {
    const id = await batchOf(1);
    expect(await progress.deletions.delete('t', id)).toBe('live');
    const token = await claimed(id, 0);
    await progress.batches.requestCancel(id);
    expect(await progress.deletions.delete('t', id)).toBe('live');
    await progress.attempts.conclude(id, { idx: 0, token }, done);
    await progress.settlements.finish(id, [0]);
    expect(await progress.deletions.delete('t', id)).toBe('busy');
    await announced(id);
    await raw.zadd(`i2m:{${id}}:due`, Date.now() + 30_000, 0);
    expect(await progress.deletions.delete('t', id)).toBe('busy');
    await raw.del(`i2m:{${id}}:due`);
    await raw.hset(`i2m:{${id}}:b`, 'retry_asked', 1);
    expect(await progress.deletions.delete('t', id)).toBe('live');
    await raw.hdel(`i2m:{${id}}:b`, 'retry_asked');
    expect(await progress.batches.get('t', id)).not.toBeNull();
    expect(await progress.deletions.delete('t', id)).toBe('deleted');
    expect(await progress.deletions.delete('t', `bat_${'9'.repeat(32)}`)).toBe('missing');
  });

  test('late messages find no batch and change nothing', async () => {
    const id = await ended();
    const token = (await raw.hget(`i2m:{${id}}:a:0`, 'token')) ?? '';
    await progress.deletions.delete('t', id);
    const before = await keysOf(id);
    expect(await claim(id, 0)).toEqual({ status: 'nobatch' });
    expect(await progress.attempts.conclude(id, { idx: 0, token }, bad)).toBe('nobatch');
    expect((await progress.settlements.finish(id, [0, 1])).state).toBe('missing');
    const error = { kind: 'dead_letter', code: 'dead_letter', message: 'x', retryable: true };
    expect((await progress.settlements.condemn(id, 0, error)).status).toBe('missing');
    expect(await progress.settlements.reissue(id, 0, 1_000, true)).toEqual({ do: 'gone' });
    expect((await progress.settlements.recount(id)).ended).toBe(false);
    expect(await progress.batches.requestCancel(id)).toBeNull();
    await progress.settlements.ackOutbox(id, `batch.completed:${id}:1`);
    expect(await keysOf(id)).toEqual(before);
  });
});

describe('erasing', () => {
  test('drops every key but the tombstone, which goes after a day; twice is as good as once', async () => {
    const id = await refused(2_500);
    await progress.deletions.delete('t', id);
    for (let times = 0; times < 2; times += 1) {
      const tombstone = await progress.deletions.tombstone(id);
      if (tombstone === null) throw new Error('no tombstone');
      await progress.deletions.dropKeys({ ...tombstone, total: 2_500 }, never);
      await progress.deletions.bury(id);
    }
    expect(await keysOf(id)).toEqual([`i2m:{${id}}:x`]);
    expect(await progress.deletions.tombstone(id)).toEqual({ id, tenant: 't', total: 0, erased: true });
    const left = await raw.pttl(`i2m:{${id}}:x`);
    expect(left).toBeGreaterThan(dayMs);
    expect(left).toBeLessThanOrEqual(dayMs + 3_600_000);
    expect(Number(await due(id))).toBeGreaterThan(Date.now() + dayMs - 60_000);
    expect(Number(await due(id))).toBeLessThanOrEqual(Date.now() + dayMs);
  });

  test('stops when it is told to, and goes on later', async () => {
    const id = await ended(3);
    await progress.deletions.delete('t', id);
    const tombstone = await progress.deletions.tombstone(id);
    if (tombstone === null) throw new Error('no tombstone');
    const told = AbortSignal.abort(new Error('draining'));
    await expect(progress.deletions.dropKeys(tombstone, told)).rejects.toThrow('draining');
    expect(await progress.deletions.tombstone(id)).toEqual(tombstone);
    await progress.deletions.dropKeys(tombstone, never);
    expect(await keysOf(id)).toEqual([`i2m:{${id}}:x`]);
  });

  test('is found when nobody does it; a day later everything is forgotten, what came late too', async () => {
    const id = await ended();
    await progress.deletions.delete('t', id);
    expect(await progress.deletions.overdue(100)).not.toContain(id);
    await progress.deletions.remindIn(id, -1);
    expect(await progress.deletions.overdue(100)).toContain(id);
    const tombstone = await progress.deletions.tombstone(id);
    await progress.deletions.dropKeys(tombstone ?? { id, tenant: 't', total: 0, erased: false }, never);
    await progress.deletions.bury(id);
    await raw.hset(`i2m:{${id}}:p`, '0', '50:mesh');
    await progress.deletions.forget(id);
    expect(await keysOf(id)).toEqual([]);
    expect(await due(id)).toBeNull();
  });

  test('a deletion that was refused is forgotten without harm', async () => {
    const id = await batchOf(1);
    await progress.deletions.delete('t', id);
    const before = await keysOf(id);
    await progress.deletions.forget(id);
    expect(await keysOf(id)).toEqual(before);
    expect(await due(id)).toBeNull();
  });
});

test('a page goes on below a batch that is gone, also among batches of one millisecond', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 9; n += 1) ids.push(await ended(1));
  const at = (n: number): number => 5_000 + Math.floor(n / 4);
  for (const [n, id] of ids.entries()) await raw.zadd('i2m:tenant:t:batches', at(n), id);
  const newestFirst = [...ids].reverse();
  const seen: string[] = [];
  const first = await progress.batches.list('t', {
    limit: 2,
    below: { createdAtMs: 5_003, id: '' },
  });
  seen.push(...first.batches.map(({ id }) => id));
  for (let next = first.next; next !== null;) {
    await progress.deletions.delete('t', next.id);
    const page = await progress.batches.list('t', { limit: 2, below: next });
    seen.push(...page.batches.map(({ id }) => id));
    next = page.next;
  }
  expect(seen).toEqual(newestFirst);
});
