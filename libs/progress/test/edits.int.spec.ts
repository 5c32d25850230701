import { batchOf, claim, claimed, done, newBatch, progress, raw } from './support/store.js';

const { stringify } = JSON;
const hash = (id: string): string => `i2m:{${id}}:b`;
const lanesOf = async (id: string): Promise<string[]> => {
  const found = await Promise.all(
    (['high', 'normal', 'low'] as const).map(async (lane) =>
      (await raw.zscore(`i2m:lane:${lane}`, id)) === null ? [] : [lane],
    ),
  );
  return found.flat();
};
const edit = (id: string, changes: Parameters<typeof progress.edits.edit>[1], priceMicro = 100) =>
  progress.edits.edit(id, changes, priceMicro);
/** A batch with money under way, held for want of budget. */
async function broke(more: { until?: number; user?: boolean } = {}): Promise<string> {
  const batch = newBatch(3, { budgetMicro: 300, estimatedMicro: 300 });
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  const { user = false, ...extra } = more;
  const hold = {
    budget: { detail: 'used up', since: 1, ...extra },
    ...(user ? { user: { detail: 'lunch', since: 2 } } : {}),
  };
  await raw.hset(hash(batch.id), 'spent', 200, 'reserved', 100, 'hold', stringify(hold));
  return batch.id;
}

describe('an edit', () => {
  test('changes what it names and nothing else; null takes away; a repeat changes nothing', async () => {
    const id = await batchOf(2);
    const changes = { name: 'chairs', lane: 'high', retentionHours: 5, budgetMicro: 700 } as const;
    for (const _ of [1, 2]) {
      expect(await edit(id, changes)).toEqual({ status: 'ok' });
      expect(await progress.batches.read(id)).toMatchObject(changes);
    }
    expect(await edit(id, { retentionHours: 6 })).toEqual({ status: 'ok' });
    expect(await progress.batches.read(id)).toMatchObject({ ...changes, retentionHours: 6 });
    expect(await edit(id, { name: null, budgetMicro: null })).toEqual({ status: 'ok' });
    expect(await progress.batches.read(id)).toMatchObject({ name: null, budgetMicro: null, lane: 'high' });
    expect(await edit('bat_none', { name: 'x' })).toEqual({ status: 'missing' });
    expect(await raw.exists(hash('bat_none'))).toBe(0);
  });

  test('of an ended batch takes name and retention, all or nothing', async () => {
    const id = await batchOf(1);
    const token = await claimed(id, 0);
    await progress.attempts.conclude(id, { idx: 0, token }, done);
    await progress.settlements.finish(id, [0]);
    expect(await edit(id, { name: 'late', lane: 'low' })).toEqual({ status: 'ended', state: 'completed' });
    expect(await edit(id, { name: 'late', budgetMicro: 1 })).toEqual({ status: 'ended', state: 'completed' });
    expect((await progress.batches.read(id))?.name).toBeNull();
    // what is so already is no change
    expect(await edit(id, { name: 'late', lane: 'normal', retentionHours: 9, budgetMicro: null })).toEqual({
      status: 'ok',
    });
    expect(await progress.batches.read(id)).toMatchObject({ name: 'late', retentionHours: 9 });
    const going = await batchOf(1);
    await progress.batches.requestCancel(going);
    expect(await edit(going, { budgetMicro: 1 })).toEqual({ status: 'ended', state: 'cancelling' });
  });
});

describe('a budget', () => {
  test('below what is spent and set aside is refused, with both', async () => {
    const id = await broke();
    expect(await edit(id, { name: 'x', budgetMicro: 299 })).toEqual({
      status: 'low',
      spentMicro: 200,
      reservedMicro: 100,
    });
    expect(await progress.batches.read(id)).toMatchObject({ name: null, budgetMicro: 300 });
  });

  test('that covers one more file lets the batch go on; one that does not, does not', async () => {
    const id = await broke();
    expect(await claim(id, 0)).toEqual({ status: 'held' });
    await edit(id, { budgetMicro: 399 });
    expect((await progress.batches.read(id))?.hold).toMatchObject({ reason: 'budget' });
    await raw.zrem('i2m:lane:normal', id);
    await edit(id, { budgetMicro: 400 });
    expect((await progress.batches.read(id))?.hold).toBeUndefined();
    expect(await lanesOf(id)).toEqual(['normal']);
    expect(await progress.lanes.redo(id, 10)).toMatchObject([{ idx: 0 }]);
  });

  test('that is taken away lifts only its own hold', async () => {
    const id = await broke({ user: true });
    await edit(id, { budgetMicro: null });
    expect((await progress.batches.read(id))?.hold).toMatchObject({ reason: 'user', detail: 'lunch' });
  });

  test('money that came back is noticed by an edit of nothing; a daily limit is not lifted', async () => {
    const id = await broke();
    await raw.hset(hash(id), 'reserved', 0);
    await edit(id, {});
    expect((await progress.batches.read(id))?.hold).toBeUndefined();
    const capped = await broke({ until: 9 });
    await edit(capped, { budgetMicro: 9_000 });
    expect((await progress.batches.read(capped))?.hold).toMatchObject({ reason: 'budget' });
  });
});

describe('another lane', () => {
  test('is where the rest of the batch is fanned out', async () => {
    const id = await batchOf(2);
    await edit(id, { lane: 'low' });
    expect(await lanesOf(id)).toEqual(['low']);
    expect((await progress.lanes.batches('low')).find((batch) => batch.id === id)).toMatchObject({
      total: 2,
    });
    const fannedOut = await batchOf(1);
    await progress.settlements.advance(fannedOut, 0, 1, 60_000);
    await edit(fannedOut, { lane: 'low' });
    expect(await lanesOf(fannedOut)).toEqual([]);
  });

  test('after a crash between batch and index: the dispatcher of the old lane sends it where it belongs', async () => {
    const id = await batchOf(2);
    await raw.hset(hash(id), 'lane', 'high');
    expect((await progress.lanes.batches('normal')).map((batch) => batch.id)).not.toContain(id);
    expect(await lanesOf(id)).toEqual(['high']);
    // and the old dispatcher that ends its look does not bring it back
    await progress.lanes.leave('normal', id);
    expect(await lanesOf(id)).toEqual(['high']);
  });

  test('twenty changes at once: it is in the lane of its hash, and nowhere else', async () => {
    const id = await batchOf(2);
    const lanes = ['high', 'low', 'normal'] as const;
    const asked = Array.from({ length: 20 }, (_, n) => edit(id, { lane: lanes[n % 3] ?? 'low' }));
    await Promise.all(asked);
    for (const lane of lanes) await progress.lanes.batches(lane);
    expect(await lanesOf(id)).toEqual([(await progress.batches.read(id))?.lane]);
  });
});

test('a retry raises the estimate by the price of the files it takes, once', async () => {
  const batch = newBatch(3, { estimatedMicro: 300 });
  await progress.batches.stage(batch, []);
  await progress.batches.activate(batch.id);
  const { id } = batch;
  for (const [idx, code] of ['a', 'b', 'a'].entries()) {
    const token = await claimed(id, idx);
    const error = { kind: 'transient', code, message: 'no', retryable: true } as const;
    await progress.attempts.conclude(id, { idx, token }, { outcome: 'failed', error });
  }
  await progress.settlements.finish(id, [0, 1, 2]);
  expect(await progress.retries.failures(id)).toEqual(
    new Map([
      ['a', 2],
      ['b', 1],
    ]),
  );
  expect(await progress.retries.retry(id, { run: 1, codes: ['a'], priceMicro: 70 })).toMatchObject({
    files: 2,
  });
  expect(await progress.retries.resume(id)).toBe(0);
  expect(await progress.batches.read(id)).toMatchObject({ run: 2, estimatedMicro: 440 });
});
