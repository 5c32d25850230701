import { batchOf, claimed, progress, raw } from './support/store.js';

const ids = ['a', 'b', 'c', 'd', 'e'];
const pagesOf = async (read: typeof progress.opsViews.liveBatches, count: number): Promise<string[]> => {
  const found: string[] = [];
  for (let after: Awaited<ReturnType<typeof read>>[number] | null = null; ;) {
    const page: Awaited<ReturnType<typeof read>> = await read.call(progress.opsViews, after, count);
    found.push(...page.map(({ id }) => id));
    after = page.at(-1) ?? null;
    if (page.length < count) return found;
  }
};

test.each([1, 2, 3, 10])(
  'pages of %i name every batch once, also those of one millisecond',
  async (count) => {
    await raw.del('i2m:active', 'i2m:ended');
    for (const [at, id] of ids.entries()) {
      await raw.zadd('i2m:active', at === 4 ? 8 : 7, id);
      await raw.zadd('i2m:ended', at === 4 ? 8 : 7, id);
    }
    expect(await pagesOf(progress.opsViews.liveBatches, count)).toEqual(ids);
    expect(await pagesOf(progress.opsViews.endedBatches, count)).toEqual([...ids].reverse());
  },
);

test('a place holds when its batch is gone', async () => {
  await raw.del('i2m:active', 'i2m:ended');
  for (const id of ids) await raw.zadd('i2m:active', 7, id);
  for (const id of ids) await raw.zadd('i2m:ended', 7, id);
  for (const key of ['i2m:active', 'i2m:ended']) await raw.zrem(key, 'c');
  const place = { score: 7, id: 'c' };
  const names = (places: { id: string }[]): string[] => places.map(({ id }) => id);
  expect(names(await progress.opsViews.liveBatches(place, 10))).toEqual(['d', 'e']);
  expect(names(await progress.opsViews.endedBatches(place, 10))).toEqual(['b', 'a']);
});

test('who holds a file is known while he does', async () => {
  const id = await batchOf(2);
  const token = await claimed(id, 0, { worker: 'w-1' });
  expect(await progress.opsViews.holders(id, [0, 1])).toEqual([
    { worker: 'w-1', crashes: 0 },
    { worker: null, crashes: 0 },
  ]);
  await progress.attempts.park(id, { idx: 0, token }, 1_000, { code: 'retry_at', detail: 'later' });
  expect(await progress.opsViews.holders(id, [0])).toEqual([{ worker: null, crashes: 0 }]);
});

test('the batches of each lane are counted', async () => {
  await raw.del('i2m:lane:high', 'i2m:lane:normal', 'i2m:lane:low');
  await batchOf(1, 'low');
  await batchOf(1, 'low');
  await batchOf(1, 'high');
  expect(Object.fromEntries(await progress.opsViews.laneBatches())).toEqual({ high: 1, normal: 0, low: 2 });
});
