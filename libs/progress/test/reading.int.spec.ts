import { bad, batchOf, claimed, done, openFeed, progress, raw } from './support/store.js';

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
    const until = Date.now() + 30_000;
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
    const until = Date.now() + 30_000;
    const complete = (): boolean => [live, ...late].every((ids) => ids.length >= 200);
    while (Date.now() < until && !complete()) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(live).toHaveLength(200);
    for (const seen of late) expect(seen).toEqual(live);
  });
});
