import { completionDeliveryId, fileDeliveryId } from '@image2model/contracts';
import type { DeliveryAttempt, DeliveryTry } from '../src/index.js';
import { bad, claimed, done, newBatch, progress, raw } from './support/store.js';

const url = 'https://example.com/hook?token=1';
const lostAfterMs = 60_000;
const attempt: DeliveryAttempt = { atMs: 1, status: 500, error: 'answered 500', tookMs: 3 };
const worked: DeliveryAttempt = { atMs: 2, status: 200, error: null, tookMs: 4 };

async function toldBatch(total = 2): Promise<string> {
  const webhook = { url, events: ['batch.completed', 'file.failed'] as const };
  const batch = newBatch(total, { webhook });
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  return batch.id;
}
const bodyOf = (id: string): string => `{"of":"${id}"}`;
/** A batch with one delivery, and its first try. */
async function opened(): Promise<{ batchId: string; one: DeliveryTry }> {
  const batchId = await toldBatch();
  const id = completionDeliveryId(batchId, 1);
  await progress.deliveries.open(batchId, [{ id, event: 'batch.completed', body: bodyOf(id) }], {
    lostAfterMs,
  });
  return { batchId, one: { id, ladder: 1, tried: 0 } };
}
const begin = (one: DeliveryTry, holder = 'me', leaseMs = 20_000) =>
  progress.deliveries.begin(one, holder, leaseMs);
const due = async (id: string): Promise<string | null> => raw.zscore('i2m:deliveries-due', id);

test('a batch remembers its webhook', async () => {
  const id = await toldBatch();
  expect(await progress.batches.read(id)).toMatchObject({
    webhook: { url, events: ['batch.completed', 'file.failed'] },
  });
});

describe('opening', () => {
  test('the same delivery twice makes one, and its body stays', async () => {
    const { batchId, one } = await opened();
    const again = { id: one.id, event: 'batch.completed' as const, body: 'other' };
    expect(await progress.deliveries.open(batchId, [again], { lostAfterMs })).toEqual([one.id]);
    expect(await begin(one)).toEqual({
      ...{ status: 'go', url, tenant: 't', event: 'batch.completed' },
      ...{ body: bodyOf(one.id), byHand: false },
    });
    expect((await progress.deliveries.list(batchId, { limit: 10 })).deliveries).toHaveLength(1);
    expect(await due(one.id)).not.toBeNull();
  });

  test('names only those that were never tried', async () => {
    const { batchId, one } = await opened();
    await begin(one);
    await progress.deliveries.note(one, 'me', attempt, { state: 'pending', waitMs: 0 });
    const again = { id: one.id, event: 'batch.completed' as const, body: '' };
    expect(await progress.deliveries.open(batchId, [again], { lostAfterMs })).toEqual([]);
  });

  test('of a batch that is gone leaves nothing', async () => {
    const { batchId, one } = await opened();
    const id = fileDeliveryId(batchId, '1-1');
    await raw.del(`i2m:{${batchId}}:b`);
    const late = { id, event: 'file.failed' as const, body: '' };
    expect(await progress.deliveries.open(batchId, [late], { lostAfterMs })).toEqual([]);
    expect(await progress.deliveries.get(id)).toBeNull();
    expect(await begin(one)).toEqual({ status: 'gone' });
  });
});

describe('a try', () => {
  test('is one process at a time, and whoever has it gets it again', async () => {
    const { one } = await opened();
    const replies = await Promise.all(Array.from({ length: 10 }, (_, n) => begin(one, `p${n}`)));
    expect(replies.filter(({ status }) => status === 'go')).toHaveLength(1);
    const winner = replies.findIndex(({ status }) => status === 'go');
    expect((await begin(one, `p${winner}`)).status).toBe('go');
    const waits = replies.flatMap((reply) => (reply.status === 'wait' ? [reply.waitMs] : []));
    expect(waits).toHaveLength(9);
    expect(Math.max(...waits)).toBeLessThanOrEqual(20_000);
    expect(Math.min(...waits)).toBeGreaterThan(15_000);
  });

  test('is free again when its process died, and what that one says late changes nothing', async () => {
    const { one } = await opened();
    await begin(one, 'dead', 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await begin(one, 'me')).status).toBe('go');
    expect(await progress.deliveries.note(one, 'dead', worked, { state: 'delivered' })).toBe(false);
    expect(await progress.deliveries.note(one, 'me', attempt, { state: 'pending', waitMs: 30_000 })).toBe(
      true,
    );
    expect(await progress.deliveries.note(one, 'me', attempt, { state: 'pending', waitMs: 30_000 })).toBe(
      false,
    );
    expect(await progress.deliveries.get(one.id)).toMatchObject({
      state: 'pending',
      tried: 1,
      attempts: [attempt],
    });
  });

  test('that was made is old, and the next one waits for its time', async () => {
    const { one } = await opened();
    await begin(one);
    await progress.deliveries.note(one, 'me', attempt, { state: 'pending', waitMs: 30_000 });
    expect(await begin(one)).toEqual({ status: 'old' });
    const next = await begin({ ...one, tried: 1 });
    expect(next.status === 'wait' && next.waitMs > 25_000 && next.waitMs <= 30_000).toBe(true);
  });

  test('ends the delivery when it worked', async () => {
    const { one, batchId } = await opened();
    await begin(one);
    await progress.deliveries.note(one, 'me', worked, { state: 'delivered' });
    expect(await begin({ ...one, tried: 1 })).toEqual({ status: 'old' });
    const [record] = (await progress.deliveries.list(batchId, { limit: 1 })).deliveries;
    expect(record).toMatchObject({ state: 'delivered', nextTryAtMs: null, attempts: [worked] });
  });

  test('is remembered with the 49 before it', async () => {
    const { one } = await opened();
    for (let tried = 0; tried < 53; tried += 1) {
      await begin({ ...one, tried });
      const made = { ...attempt, atMs: tried };
      await progress.deliveries.note({ ...one, tried }, 'me', made, { state: 'pending', waitMs: 0 });
    }
    const attempts = (await progress.deliveries.get(one.id))?.attempts ?? [];
    expect(attempts.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 50 }, (_, at) => at + 3));
  });
});

describe('redelivery', () => {
  test('begins another ladder of what was given up; the old one is old', async () => {
    const { one } = await opened();
    await begin(one);
    await progress.deliveries.note(one, 'me', attempt, { state: 'failed' });
    await progress.deliveries.forget(one.id);
    expect(await progress.deliveries.redeliver(one.id, lostAfterMs)).toEqual({
      id: one.id,
      ladder: 2,
      tried: 0,
    });
    expect(await due(one.id)).not.toBeNull();
    expect(await begin({ ...one, tried: 1 })).toEqual({ status: 'old' });
    expect(await begin({ ...one, ladder: 2 })).toMatchObject({
      status: 'go',
      byHand: true,
      body: bodyOf(one.id),
    });
    expect((await progress.deliveries.get(one.id))?.attempts).toEqual([attempt]);
  });

  test('of nothing is nothing', async () => {
    const batchId = await toldBatch();
    expect(await progress.deliveries.redeliver(completionDeliveryId(batchId, 1), lostAfterMs)).toBeNull();
    expect(await progress.deliveries.redeliver('nonsense', lostAfterMs)).toBeNull();
  });
});

test('the list is newest first, in pages that new deliveries do not move', async () => {
  const batchId = await toldBatch();
  const open = (n: number) =>
    progress.deliveries.open(
      batchId,
      [{ id: fileDeliveryId(batchId, `${n}-0`), event: 'file.failed', body: '' }],
      { lostAfterMs },
    );
  for (let n = 1; n <= 5; n += 1) await open(n);
  const first = await progress.deliveries.list(batchId, { limit: 2 });
  await open(6);
  const second = await progress.deliveries.list(batchId, { limit: 2, older: first.older });
  const third = await progress.deliveries.list(batchId, { limit: 2, older: second.older });
  const numbers = [first, second, third].map(({ deliveries }) =>
    deliveries.map(({ id }) => Number(/_(\d+)-0$/.exec(id)?.[1])),
  );
  expect(numbers).toEqual([[5, 4], [3, 2], [1]]);
  expect(third.older).toBe(0);
});

test('facts are gathered from where the last gathering ended', async () => {
  const id = await toldBatch(3);
  for (const idx of [0, 1]) {
    const token = await claimed(id, idx);
    await progress.attempts.conclude(id, { idx, token }, idx === 0 ? done : bad);
  }
  expect(await progress.settlements.finish(id, [0, 1])).toMatchObject({ tellsFiles: true });
  const facts = await progress.deliveries.newFacts(id, 100);
  expect(facts.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['file.started', 'file.completed', 'file.failed']),
  );
  await progress.deliveries.open(id, [], { gathered: facts.at(-1)?.id ?? '', lostAfterMs });
  expect(await progress.deliveries.newFacts(id, 100)).toEqual([]);
});

test('a batch whose webhook does not ask for files is not told of them', async () => {
  const batch = newBatch(1, { webhook: { url, events: ['batch.completed'] } });
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  expect(await progress.settlements.finish(batch.id, [0])).toMatchObject({ tellsFiles: false });
});

describe('an endpoint', () => {
  const { failed, disabled, workedAt } = {
    failed: (at: string, afterMs = 50) =>
      progress.endpoints.failed('t', at, afterMs, 'it failed for too long'),
    disabled: (at: string) => progress.endpoints.disabled('t', at),
    workedAt: (at: string) => progress.endpoints.worked('t', at),
  };

  test('that fails for too long is disabled, by one call; one success ends it', async () => {
    expect(await failed('a')).toBe(false);
    expect(await disabled('a')).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await Promise.all([failed('a'), failed('a'), failed('a')])).filter(Boolean)).toHaveLength(1);
    expect(await disabled('a')).toBe('it failed for too long');
    expect(await progress.endpoints.disabled('other', 'a')).toBeNull();
    await workedAt('a');
    expect(await disabled('a')).toBeNull();
    expect(await failed('a')).toBe(false);
  });

  test('that is gone is disabled at once', async () => {
    expect(await failed('b', 0)).toBe(true);
    expect(await failed('b', 0)).toBe(false);
  });
});

test('the log goes with its batch', async () => {
  const { batchId, one } = await opened();
  for (const idx of [0, 1]) {
    const token = await claimed(batchId, idx);
    await progress.attempts.conclude(batchId, { idx, token }, done);
  }
  await progress.settlements.finish(batchId, [0, 1]);
  for (const { eventId } of await progress.settlements.outbox(batchId))
    await progress.settlements.ackOutbox(batchId, eventId);
  expect(await progress.deletions.delete('t', batchId)).toBe('deleted');
  expect(await begin(one)).toEqual({ status: 'gone' });
  const tombstone = await progress.deletions.tombstone(batchId);
  if (tombstone === null) throw new Error('no tombstone');
  await progress.deletions.dropKeys(tombstone, new AbortController().signal);
  expect((await raw.keys(`*${batchId}*`)).filter((key) => key.includes(':d'))).toEqual([]);
  expect(await due(one.id)).toBeNull();
});
