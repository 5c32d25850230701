import { needsFanOut } from '../src/index.js';
import { batchOf, claim, claimed, done, progress, raw } from './support/store.js';

const user = { reason: 'user', detail: 'lunch' } as const;
const laneBatch = async (id: string) =>
  (await progress.lanes.batches('normal')).find((batch) => batch.id === id);

describe('a held batch', () => {
  test('hands out no claims; what was held back is dispatched again, before the cursor', async () => {
    const id = await batchOf(3);
    await progress.settlements.advance(id, 0, 2, 60_000);
    const running = await claimed(id, 1);
    expect(await progress.controls.hold(id, user)).toEqual({ state: 'running', held: true });
    expect((await progress.batches.read(id))?.hold).toMatchObject(user);
    expect(await laneBatch(id)).toMatchObject({ held: true });
    expect(await claim(id, 0)).toEqual({ status: 'held' });
    // the redelivered copy of a message that was answered changes nothing
    expect(await claim(id, 0, { redelivered: true })).toEqual({ status: 'stale' });
    expect(await progress.settlements.overdue(id, Date.now() + 3_600_000, 10)).toEqual([1]);
    await progress.attempts.conclude(id, { idx: 1, token: running }, done);
    expect(await progress.settlements.finish(id, [1])).toMatchObject({ completed: 1 });

    expect(await progress.controls.unhold(id, 'user')).toEqual({ state: 'running', held: false });
    const [file] = await progress.lanes.redo(id, 10);
    expect(file).toMatchObject({ idx: 0, gen: 1 });
    expect(await claim(id, 0, { gen: file?.gen ?? 0, messageId: 'again' })).toMatchObject({ status: 'ok' });
  });

  test('reasons add up, and each is lifted by itself; repeats change nothing', async () => {
    const id = await batchOf(1);
    await progress.controls.hold(id, { reason: 'provider', detail: 'key' });
    const first = await progress.controls.hold(id, user);
    const since = (await progress.batches.read(id))?.hold?.sinceMs;
    expect(await progress.controls.hold(id, { reason: 'user', detail: 'other' })).toEqual(first);
    expect((await progress.batches.read(id))?.hold).toEqual({ ...user, sinceMs: since });
    expect(await progress.controls.unhold(id, 'user')).toEqual({ state: 'running', held: true });
    expect(await claim(id, 0)).toEqual({ status: 'held' });
    expect(await progress.controls.unhold(id, 'provider')).toEqual({ state: 'running', held: false });
    expect(await progress.controls.unhold(id, 'provider')).toEqual({ state: 'running', held: false });
    expect((await progress.batches.read(id))?.hold).toBeUndefined();
  });

  test('a hold that knows its end is lifted when it is over, and no other one', async () => {
    const id = await batchOf(1);
    const untilMs = Date.now() + 60_000;
    const budget = { reason: 'budget', detail: 'tomorrow' } as const;
    await progress.controls.hold(id, { ...budget, untilMs });
    expect((await progress.batches.read(id))?.hold).toMatchObject({ ...budget, untilMs });
    expect(await progress.controls.unholdDue(id)).toBe(false);
    expect(await claim(id, 0)).toEqual({ status: 'held' });

    const over = { budget: { detail: '', since: 1, until: Date.now() - 1 } };
    await raw.hset(`i2m:{${id}}:b`, 'hold', JSON.stringify(over));
    await progress.controls.hold(id, user);
    expect(await progress.controls.unholdDue(id)).toBe(false);
    expect((await progress.batches.read(id))?.hold).toMatchObject(user);
    await progress.controls.unhold(id, 'user');
    expect((await progress.batches.read(id))?.hold).toBeUndefined();

    await raw.hset(`i2m:{${id}}:b`, 'hold', JSON.stringify(over));
    expect([await progress.controls.unholdDue(id), await progress.controls.unholdDue(id)]).toEqual([
      true,
      false,
    ]);
    expect(await laneBatch(id)).toMatchObject({ held: false, redo: 1 });
  });

  test('a hold that is over is replaced by a new one for the same reason', async () => {
    const id = await batchOf(1);
    await progress.controls.hold(id, { reason: 'budget', detail: 'old', untilMs: Date.now() - 1 });
    const untilMs = Date.now() + 60_000;
    await progress.controls.hold(id, { reason: 'budget', detail: 'new', untilMs });
    await progress.controls.hold(id, { reason: 'budget', detail: 'newer', untilMs: untilMs + 1 });
    expect((await progress.batches.read(id))?.hold).toMatchObject({ detail: 'new', untilMs });
  });

  test('what was paid for goes on', async () => {
    const id = await batchOf(1);
    await claimed(id, 0);
    await raw.hset(`i2m:{${id}}:a:0`, 'intent', 'int_1');
    await progress.controls.hold(id, user);
    expect(await claim(id, 0, { redelivered: true })).toMatchObject({ status: 'ok' });
  });

  test('only a live batch is held, and a run that ends forgets its hold', async () => {
    expect(await progress.controls.hold('bat_none', user)).toEqual({ state: 'missing', held: false });
    const id = await batchOf(1);
    const token = await claimed(id, 0);
    await progress.controls.hold(id, user);
    await progress.attempts.conclude(id, { idx: 0, token }, done);
    expect(await progress.settlements.finish(id, [0])).toMatchObject({ ended: true });
    expect((await progress.batches.read(id))?.hold).toBeUndefined();
    expect(await progress.controls.hold(id, user)).toEqual({ state: 'completed', held: false });
  });

  test('a cancel ends files in the redo list, parked ones too', async () => {
    const id = await batchOf(2);
    await progress.settlements.advance(id, 0, 2, 60_000);
    const token = await claimed(id, 0);
    const gen = await progress.attempts.park(id, { idx: 0, token }, 0, { code: 'retry_at', detail: '' });
    await progress.controls.hold(id, user);
    expect(await claim(id, 0, { gen: gen ?? 0 })).toEqual({ status: 'held' });
    expect(await claim(id, 1)).toEqual({ status: 'held' });
    await progress.batches.requestCancel(id);
    expect(await progress.settlements.cancelWaiting(id, 10)).toMatchObject({ cancelled: 1, done: true });
    const started = await progress.settlements.overdue(id, Number.MAX_SAFE_INTEGER, 10);
    expect(await progress.settlements.cancelUnheld(id, started)).toMatchObject({ settled: 1, ended: true });
    expect(await raw.keys(`i2m:{${id}}:redo`)).toEqual([]);
  });
});

describe('the redo list', () => {
  test('a crash between taking and publishing, and a second dispatcher, lose nothing', async () => {
    const id = await batchOf(2);
    await progress.settlements.advance(id, 0, 2, 60_000);
    await progress.controls.hold(id, user);
    for (const idx of [0, 1]) await claim(id, idx);
    await progress.controls.unhold(id, 'user');
    const first = await progress.lanes.redo(id, 10);
    const second = await progress.lanes.redo(id, 10);
    expect(second).toEqual(first);
    expect(await progress.settlements.redone(id, first, 60_000)).toBe(2);
    expect(await progress.settlements.redone(id, second, 60_000)).toBe(0);
    expect(await progress.lanes.redo(id, 10)).toEqual([]);
    expect(await progress.settlements.overdue(id, Date.now() + 120_000, 10)).toEqual([0, 1]);
  });

  test('a file that comes back before it was taken off stays, under its new place', async () => {
    const id = await batchOf(1);
    await progress.settlements.advance(id, 0, 1, 60_000);
    await progress.controls.hold(id, user);
    await claim(id, 0);
    const taken = await progress.lanes.redo(id, 10);
    expect(await claim(id, 0, { gen: 1, messageId: 'published' })).toEqual({ status: 'held' });
    expect(await progress.settlements.redone(id, taken, 60_000)).toBe(0);
    expect(await progress.lanes.redo(id, 10)).toMatchObject([{ idx: 0, gen: 2 }]);
  });

  test('the lane gets back a batch that a crash left out', async () => {
    const id = await batchOf(1);
    await progress.settlements.advance(id, 0, 1, 60_000);
    await progress.lanes.leave('normal', id);
    expect(await laneBatch(id)).toBeUndefined();
    await progress.controls.hold(id, user);
    await claim(id, 0);
    expect(await progress.lanes.ensure(id)).toBe(true);
    expect(await progress.lanes.ensure(id)).toBe(false);
    const batch = await laneBatch(id);
    expect(batch !== undefined && needsFanOut(batch)).toBe(true);
    // with something to publish it does not leave
    await progress.lanes.leave('normal', id);
    expect(await laneBatch(id)).toMatchObject({ redo: 1 });
  });
});
