import type { Conclusion } from '../src/index.js';
import { batchOf, claim, claimed, done, progress, raw } from './support/store.js';

const failed = (code: string): Conclusion => ({
  outcome: 'failed',
  error: { kind: 'transient', code, message: 'no', retryable: true },
});

/** A batch that has ended with these outcomes: null = completed, else the code of the failure. */
async function ended(codes: readonly (string | null)[]): Promise<string> {
  const id = await batchOf(codes.length);
  await progress.settlements.advance(id, 0, codes.length, 60_000);
  for (const [idx, code] of codes.entries()) {
    const token = await claimed(id, idx);
    await progress.attempts.conclude(id, { idx, token }, code === null ? done : failed(code));
  }
  await progress.settlements.finish(id, [...codes.keys()]);
  return id;
}
const relayed = async (id: string): Promise<void> => {
  for (const { eventId } of await progress.settlements.outbox(id))
    await progress.settlements.ackOutbox(id, eventId);
};

describe('a retry', () => {
  test('is a new run of the failed files, with a completion of its own', async () => {
    const id = await ended([null, 'a', 'b']);
    await relayed(id);
    expect(await progress.lanes.active()).not.toContain(id);
    expect(await progress.retries.retry(id, { run: 1 })).toEqual({ status: 'begun', run: 2, files: 2 });
    expect(await progress.batches.read(id)).toMatchObject({
      state: 'running',
      run: 2,
      counts: { pending: 2, completed: 1, failed: 0 },
      finishedAtMs: null,
    });
    expect(await progress.lanes.active()).toContain(id);
    expect((await progress.lanes.batches('normal')).find((batch) => batch.id === id)).toMatchObject({
      redo: 2,
    });
    for (const { idx, gen } of await progress.lanes.redo(id, 10)) {
      expect(await claim(id, idx)).toEqual({ status: 'stale' });
      const token = await claimed(id, idx, { gen, messageId: `run2:${idx}` });
      expect(await progress.attempts.countFailure(id, { idx, token }, 'transient')).toBe(1);
      await progress.attempts.conclude(id, { idx, token }, done);
    }
    expect(await progress.settlements.finish(id, [1, 2])).toMatchObject({ ended: true, state: 'completed' });
    expect(await progress.settlements.outbox(id)).toMatchObject([
      { eventId: `batch.completed:${id}:2`, run: 2, completed: 3, failed: 0 },
    ]);
    await relayed(id);
    expect(await progress.lanes.active()).not.toContain(id);
  });

  test('takes only the failures it is asked for, or none', async () => {
    const id = await ended(['a', 'b', 'a']);
    expect(await progress.retries.retry(id, { run: 1, codes: ['c'] })).toEqual({ status: 'nothing', run: 1 });
    expect(await progress.retries.retry(id, { run: 1, codes: ['a'] })).toMatchObject({
      status: 'begun',
      files: 2,
    });
    expect((await progress.lanes.redo(id, 10)).map(({ idx }) => idx)).toEqual([0, 2]);
    expect((await progress.batches.file(id, 1))?.state).toBe('failed');
    const whole = await ended([null]);
    expect(await progress.retries.retry(whole, { run: 1 })).toEqual({ status: 'nothing', run: 1 });
    expect(await progress.retries.retry('bat_none', { run: 1 })).toEqual({ status: 'missing', run: 0 });
  });

  test('takes only the files it is asked for, of those that failed', async () => {
    const id = await ended(['a', null, 'a', 'a']);
    expect(await progress.retries.retry(id, { run: 1, files: [1, 9] })).toEqual({
      status: 'nothing',
      run: 1,
    });
    expect(await progress.retries.retry(id, { run: 1, files: [1, 3], priceMicro: 7 })).toMatchObject({
      status: 'begun',
      files: 1,
    });
    expect((await progress.lanes.redo(id, 10)).map(({ idx }) => idx)).toEqual([3]);
    expect(await progress.batches.read(id)).toMatchObject({ estimatedMicro: 7, counts: { failed: 2 } });
    const token = await claimed(id, 3, { gen: 1 });
    await progress.attempts.conclude(id, { idx: 3, token }, done);
    await progress.settlements.finish(id, [3]);
    // the next retry is of all again
    expect(await progress.retries.retry(id, { run: 2 })).toMatchObject({ status: 'begun', files: 2 });
  });

  test('a repeated or second request begins no further run', async () => {
    const id = await ended(['a']);
    const replies = await Promise.all([1, 2, 3].map(() => progress.retries.retry(id, { run: 1 })));
    expect(replies.map(({ run }) => run)).toEqual([2, 2, 2]);
    expect((await progress.batches.read(id))?.run).toBe(2);
    expect(await progress.lanes.redo(id, 10)).toHaveLength(1);
    expect(await progress.retries.retry(id, { run: 1 })).toEqual({ status: 'over', run: 2 });
    expect(await progress.retries.retry(id, { run: 2 })).toEqual({ status: 'live', run: 2 });
  });

  test('refuses whoever still holds a file of the run before', async () => {
    const id = await batchOf(1);
    const token = await claimed(id, 0);
    const error = { kind: 'timeout', code: 'timeout', message: '', retryable: true };
    await progress.settlements.condemn(id, 0, error);
    await progress.retries.retry(id, { run: 1 });
    expect(await progress.attempts.conclude(id, { idx: 0, token }, done)).toBe('fenced');
    expect(await progress.attempts.renew(id, [{ idx: 0, token }])).toMatchObject({ lost: [0] });
    expect(await progress.attempts.countFailure(id, { idx: 0, token }, 'transient')).toBeUndefined();
    expect(await progress.settlements.finish(id, [0])).toMatchObject({ open: 1, ended: false });
  });

  test('that dies half-way neither ends too early nor is lost', async () => {
    const id = await ended(['a', 'b']);
    await relayed(id);
    const b = `i2m:{${id}}:b`;
    // as it is when its process died after the request was noted
    await raw.hset(b, 'retry_asked', '1', 'retry_codes', '');
    await progress.lanes.dropActive(id);
    expect((await progress.batches.read(id))?.retrying).toBe(true);
    expect(await progress.retries.resume(id)).toBe(2);
    expect(await progress.retries.resume(id)).toBe(0);
    for (const { idx, gen } of await progress.lanes.redo(id, 10)) {
      const token = await claimed(id, idx, { gen });
      await progress.attempts.conclude(id, { idx, token }, done);
    }
    // as it is when it died before the second file was looked at
    await raw.hset(b, 'retry_at', '1');
    expect(await progress.settlements.finish(id, [0, 1])).toMatchObject({ completed: 2, ended: false });
    expect(await progress.retries.resume(id)).toBe(0);
    expect(await progress.batches.read(id)).toMatchObject({ state: 'completed', run: 2 });
  });

  test('keeps the batch in the index although the completion of the run before is acked late', async () => {
    const id = await ended(['a']);
    const [row] = await progress.settlements.outbox(id);
    await progress.retries.retry(id, { run: 1 });
    await progress.settlements.ackOutbox(id, row?.eventId ?? '');
    await progress.lanes.dropActive(id);
    expect(await progress.lanes.active()).toContain(id);
  });

  test('a cancel stops the choosing; what was not chosen stays failed', async () => {
    const id = await ended(['a', 'b', 'c']);
    await progress.retries.retry(id, { run: 1 });
    await raw.hset(`i2m:{${id}}:b`, 'retry_at', '3');
    expect(await progress.batches.requestCancel(id)).toBe('cancelling');
    expect(await progress.retries.resume(id)).toBe(0);
    expect(await progress.settlements.cancelWaiting(id, 10)).toMatchObject({ cancelled: 3, ended: true });
  });
});
