import { bad, batchOf, claim, claimed, done, progress, raw } from './support/store.js';

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

describe('fan-out', () => {
  test('the cursor only moves forward, from where it was expected', async () => {
    const id = await batchOf(10);
    expect(await progress.settlements.advance(id, 0, 4, 60_000)).toBe(true);
    expect(await progress.settlements.advance(id, 0, 4, 60_000)).toBe(false);
    expect(await progress.settlements.advance(id, 4, 4, 60_000)).toBe(false);
    expect((await progress.lanes.batches('normal')).find((batch) => batch.id === id)?.cursor).toBe(4);
    expect(await progress.settlements.overdue(id, Date.now() + 120_000, 100)).toEqual([0, 1, 2, 3]);
  });

  test('overdue files: held, waiting, reissued as a further copy, gone', async () => {
    const id = await batchOf(3);
    await progress.settlements.advance(id, 0, 3, 0);
    const token = await claimed(id, 0);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({ do: 'held' });
    expect(await progress.settlements.reissue(id, 1, 1_000, false)).toEqual({ do: 'waiting' });
    expect(await progress.settlements.reissue(id, 1, 1_000, true)).toEqual({
      do: 'reissue',
      gen: 0,
      copy: 1,
    });
    expect(await claim(id, 1)).toMatchObject({ status: 'ok' });
    expect(await claim(id, 1, { messageId: 'copy' })).toMatchObject({ status: 'busy' });
    await raw.hset(`i2m:{${id}}:a:0`, 'lease', 1);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({
      do: 'reissue',
      gen: 0,
      copy: 1,
    });
    await progress.attempts.conclude(id, { idx: 0, token }, done);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({ do: 'concluded' });
    await progress.settlements.finish(id, [0]);
    expect(await progress.settlements.reissue(id, 0, 1_000, false)).toEqual({ do: 'gone' });
  });
});
