import { newBatchId } from '@image2model/contracts';
import { batchOf, progress, raw } from './support/store.js';

const facts = { bytes: 7, type: 'image/png', width: 3, height: 2 };

async function batchByUrl(): Promise<string> {
  const id = newBatchId();
  const rest = { name: null, lane: 'normal', settings: {}, retentionHours: 1, createdAtMs: 5 } as const;
  const unknown = { bytes: 0, type: 'application/octet-stream', width: 0, height: 0 };
  const files = ['a', 'b'].map((name) => ({
    source: { name, ...unknown, url: `https://example.com/${name}`, metadata: { name } },
  }));
  await progress.batches.stage({ id, tenant: 't', provider: 'noop', total: 2, ...rest }, files);
  await progress.batches.activate(id);
  return id;
}

test('a fetched image is described beside what its caller said of it, however often', async () => {
  const id = await batchByUrl();
  await Promise.all([1, 2, 3].map(() => progress.sources.describe(id, 1, facts)));
  const { files } = await progress.batches.files(id, { limit: 10, from: 0 });
  expect(files.map(({ source }) => source)).toEqual([
    expect.objectContaining({ name: 'a', bytes: 0, url: 'https://example.com/a' }),
    { name: 'b', ...facts, url: 'https://example.com/b', metadata: { name: 'b' } },
  ]);
});

test('only what an image is gets written, whatever else is known of it', async () => {
  const id = await batchByUrl();
  const more = { ...facts, sha256: 'x', error: null, url: 'https://other.example/' };
  await progress.sources.describe(id, 0, more);
  expect((await progress.batches.file(id, 0))?.source).toEqual({
    ...{ name: 'a', ...facts, url: 'https://example.com/a', metadata: { name: 'a' } },
  });
});

test('of a batch that is gone, or that has no sources, nothing is written', async () => {
  const id = await batchByUrl();
  await raw.del(`i2m:{${id}}:f`);
  await progress.sources.describe(id, 0, facts);
  const bare = await batchOf(1);
  await progress.sources.describe(bare, 0, facts);
  for (const batch of [id, bare]) expect(await raw.exists(`i2m:{${batch}}:f`)).toBe(0);
});
