import { announce, ended, finishedAt, hourMs, indexed, settle, settled } from './support/ended-batches.js';
import { batchOf, claimed, done, progress, raw } from './support/store.js';

const never = new AbortController().signal;
/** As if its last run had ended so long ago; its places in the indexes stay. */
const age = async (id: string, ms: number): Promise<void> => {
  await raw.hset(`i2m:{${id}}:b`, 'finished_at', (await finishedAt(id)) - ms);
};
const allDue = async (): Promise<string[]> => (await progress.expiry.due(1_000)).map(({ id }) => id);
const place = { score: '' };

beforeEach(() => raw.flushdb());

describe('finalize_batch: counts and status are kept for the retention of the batch', () => {
  test('a batch enters the indexes when its completion is announced, by the end of its last run', async () => {
    const id = await settled();
    expect(await indexed(id)).toEqual({ expiry: null, ended: null });
    await announce(id);
    const at = await finishedAt(id);
    expect(await indexed(id)).toEqual({ expiry: String(at + hourMs), ended: String(at) });
    expect(await allDue()).toEqual([]);
    expect((await progress.expiry.oldest(0, 10)).map((entry) => entry.id)).toEqual([id]);
    expect((await progress.batches.get('t', id))?.counts).toMatchObject({ completed: 1, failed: 1 });
  });

  test('PATCH moves it, before and after the end', async () => {
    const id = await batchOf(2);
    await progress.edits.edit(id, { retentionHours: 5 }, 0);
    expect((await indexed(id)).expiry).toBeNull();
    await settle(id, 2);
    await announce(id);
    const at = await finishedAt(id);
    expect((await indexed(id)).expiry).toBe(String(at + 5 * hourMs));
    await progress.edits.edit(id, { retentionHours: 2 }, 0);
    expect((await indexed(id)).expiry).toBe(String(at + 2 * hourMs));
  });

  test('a retry makes it live: it is left alone, and counts from the end of the new run', async () => {
    const id = await ended();
    await age(id, 3 * hourMs);
    await raw.zadd('i2m:expiry', 1, id);
    const entries = await progress.expiry.due(10);
    expect(entries).toHaveLength(1);
    await progress.retries.retry(id, { run: 1 });
    expect((await progress.expiry.deleteDue(entries)).deleted).toEqual([]);
    expect((await indexed(id)).expiry).toBeNull();
    expect((await progress.expiry.deleteEnded(await progress.expiry.oldest(0, 10))).deleted).toEqual([]);
    expect(await indexed(id)).toEqual({ expiry: null, ended: null });
    expect((await progress.batches.read(id))?.state).toBe('running');
    const token = await claimed(id, 1, { gen: 1, messageId: 'again' });
    await progress.attempts.conclude(id, { idx: 1, token }, done);
    await progress.settlements.finish(id, [1]);
    await announce(id);
    expect((await indexed(id)).expiry).toBe(String((await finishedAt(id)) + hourMs));
  });
});

describe('deleting what is over', () => {
  test('deletes a batch past its retention, and tells what is to be erased', async () => {
    const id = await ended();
    await age(id, 2 * hourMs);
    await raw.zadd('i2m:expiry', 1, id);
    expect(await allDue()).toEqual([id]);
    const { deleted } = await progress.expiry.deleteDue([{ id, ...place }]);
    expect(deleted).toEqual([{ id, tenant: 't', total: 2, erased: false }]);
    expect(await progress.batches.exists(id)).toBe(false);
    expect(await indexed(id)).toEqual({ expiry: null, ended: null });
    // whoever dies before it is erased leaves it to the sweep
    expect(Number(await raw.zscore('i2m:deletions', id))).toBeGreaterThan(Date.now());
    expect(await progress.deletions.tombstone(id)).toMatchObject({ total: 2, erased: false });
  });

  test('an entry that came too early corrects itself', async () => {
    const id = await ended();
    await age(id, hourMs - 60_000);
    await raw.zadd('i2m:expiry', 1, id);
    expect(await progress.expiry.deleteDue([{ id, ...place }])).toEqual({ deleted: [], busy: 0 });
    expect((await indexed(id)).expiry).toBe(String((await finishedAt(id)) + hourMs));
    expect(await progress.batches.exists(id)).toBe(true);
  });

  test('never touches one that lives, is not announced, or is at work', async () => {
    const live = await batchOf(2);
    const quiet = await settled();
    const leased = await ended();
    await raw.zadd(`i2m:{${leased}}:due`, Date.now() + 30_000, 0);
    for (const id of [live, quiet, leased]) {
      await raw.hset(`i2m:{${id}}:b`, 'finished_at', 1);
      await raw.zadd('i2m:expiry', 1, id);
      await raw.zadd('i2m:ended', 1, id);
    }
    const early = await progress.expiry.oldest(0, 10);
    expect(await progress.expiry.deleteEnded(early)).toEqual({ deleted: [], busy: 2 });
    expect(await progress.expiry.deleteDue(await progress.expiry.due(10))).toEqual({ deleted: [], busy: 2 });
    for (const id of [live, quiet, leased]) expect(await progress.batches.exists(id)).toBe(true);
    expect(await indexed(live)).toEqual({ expiry: null, ended: null });
    expect(Number((await indexed(quiet)).expiry)).toBeGreaterThan(Date.now() + 30_000);
  });

  test('of two clean-ups at the same time one deletes', async () => {
    const ids = await Promise.all([ended(), ended(), ended(), ended()]);
    for (const id of ids) await age(id, 2 * hourMs);
    const entries = ids.map((id) => ({ id, ...place }));
    const both = await Promise.all([
      progress.expiry.deleteDue(entries),
      progress.expiry.deleteEnded(entries),
    ]);
    expect(both.flatMap(({ deleted }) => deleted.map(({ id }) => id)).sort()).toEqual([...ids].sort());
  });

  test('emergency_cleanup: before its time, the one that ended first in front', async () => {
    const [first, second] = [await ended(), await ended()];
    await raw.zadd('i2m:ended', 2, first, 1, second);
    const [oldest] = await progress.expiry.oldest(0, 1);
    expect(oldest?.id).toBe(second);
    const { deleted } = await progress.expiry.deleteEnded(oldest === undefined ? [] : [oldest]);
    expect(deleted.map(({ id }) => id)).toEqual([second]);
    expect((await progress.expiry.oldest(0, 10)).map(({ id }) => id)).toEqual([first]);
  });

  test('a tombstone keeps its time when an index still names its batch', async () => {
    const id = await ended();
    expect(await progress.deletions.delete('t', id)).toBe('deleted');
    await progress.deletions.dropKeys({ id, tenant: 't', total: 2, erased: false }, never);
    await progress.deletions.bury(id);
    const till = await raw.zscore('i2m:deletions', id);
    await raw.zadd('i2m:expiry', 1, id);
    expect(await progress.expiry.deleteDue([{ id, ...place }])).toEqual({ deleted: [], busy: 0 });
    expect(await raw.zscore('i2m:deletions', id)).toBe(till);
    expect(await indexed(id)).toEqual({ expiry: null, ended: null });
  });

  test('erasing leaves nothing but the tombstone, and counts keys', async () => {
    const id = await ended(3);
    await progress.deletions.delete('t', id);
    const names = (await raw.keys(`i2m:{${id}}:*`)).length;
    const dropped = await progress.deletions.dropKeys({ id, tenant: 't', total: 3, erased: false }, never);
    expect(dropped).toBe(names - 1);
    expect(await raw.keys(`*${id}*`)).toEqual([`i2m:{${id}}:x`]);
    for (const index of ['i2m:expiry', 'i2m:ended', 'i2m:tenant:t:batches'])
      expect(await raw.zscore(index, id)).toBeNull();
  });
});

test('the tally of an emergency adds its slices up and remembers the first measure', async () => {
  expect(await progress.expiry.tally({ batches: 1, files: 2, bytes: 30, usedPercent: 96.5 })).toEqual({
    ...{ batches: 1, files: 2, bytes: 30, usedPercent: 96.5 },
  });
  expect(await progress.expiry.tally({ batches: 2, files: 1, bytes: 5, usedPercent: 90 })).toEqual({
    ...{ batches: 3, files: 3, bytes: 35, usedPercent: 96.5 },
  });
  await progress.expiry.endTally();
  expect(await progress.expiry.tally({ batches: 0, files: 0, bytes: 0, usedPercent: 80 })).toMatchObject({
    ...{ batches: 0, usedPercent: 80 },
  });
});

test('marks are kept until the next run', async () => {
  expect(await progress.expiry.marks()).toEqual({ keys: '0', folders: '', sweptAtMs: 0 });
  await progress.expiry.mark({ keys: '17', folders: 'bat_f', sweptAtMs: 5 });
  expect(await progress.expiry.marks()).toEqual({ keys: '17', folders: 'bat_f', sweptAtMs: 5 });
});
