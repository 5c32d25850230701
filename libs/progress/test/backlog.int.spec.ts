import { batchOf, claimed, done, progress, raw } from './support/store.js';

beforeEach(() => raw.del('i2m:active'));

test('counts the files of live batches by lane and state, and knows the oldest that waits', async () => {
  const older = await batchOf(3);
  const held = await batchOf(4);
  const high = await batchOf(1, 'high');
  await raw.hset(`i2m:{${older}}:b`, 'created_at', 1_000);
  await raw.hset(`i2m:{${held}}:b`, 'created_at', 500);
  await progress.controls.hold(held, { reason: 'user', detail: 'later' });
  const token = await claimed(older, 0);
  await claimed(high, 0);
  expect(await progress.backlog.look()).toEqual({
    batches: 3,
    byLane: {
      high: { pending: 0, running: 1, oldestWaitingAtMs: null },
      normal: { pending: 6, running: 1, oldestWaitingAtMs: 1_000 },
      low: { pending: 0, running: 0, oldestWaitingAtMs: null },
    },
  });
  await progress.attempts.conclude(older, { idx: 0, token }, done);
  await progress.settlements.finish(older, [0]);
  const { byLane } = await progress.backlog.look();
  expect(byLane.normal).toMatchObject({ pending: 6, running: 0 });
});

test('ended and vanished batches do not count', async () => {
  const id = await batchOf(1);
  const token = await claimed(id, 0);
  await progress.attempts.conclude(id, { idx: 0, token }, done);
  await progress.settlements.finish(id, [0]);
  await raw.zadd('i2m:active', 1, 'b_gone');
  expect((await progress.backlog.look()).batches).toBe(0);
});
