import {
  account,
  attemptField,
  bind,
  intend,
  intended,
  leaseOver,
  paidBatch,
  priceMicro,
} from './support/pay.js';
import { claim, claimed, done, progress, raw } from './support/store.js';

const files = Array.from({ length: 40 }, (_, idx) => idx);
const wait = { code: 'budget', detail: '' };

describe('the budget', () => {
  test('of 10 files lets 10 of 40 workers pay, holds the batch with the reason, and goes on when money comes back', async () => {
    const id = await paidBatch(40, 10 * priceMicro);
    const tokens = await Promise.all(files.map((idx) => claimed(id, idx)));
    const replies = await Promise.all(files.map((idx) => intend(id, idx, tokens[idx] ?? '')));
    expect(replies.filter((reply) => reply === 'ok')).toHaveLength(10);
    expect(replies.filter((reply) => reply === 'budget')).toHaveLength(1);
    expect(replies.filter((reply) => reply === 'held')).toHaveLength(29);
    expect(await account(id)).toMatchObject({ spent: 0, reserved: 10 * priceMicro });
    expect((await progress.batches.read(id))?.hold).toMatchObject({ reason: 'budget' });
    expect((await progress.batches.read(id))?.hold?.detail).toContain('2.00 USD is used up');

    const refusedFiles = files.filter((idx) => replies[idx] !== 'ok');
    for (const idx of refusedFiles)
      expect(await progress.ledger.putBack(id, { idx, token: tokens[idx] ?? '' }, wait)).toBe(true);
    expect(await progress.lanes.redo(id, 100)).toHaveLength(30);

    const [first] = (await raw.hkeys(`i2m:{${id}}:l`)).sort();
    const paidIdx = Number(first?.split('_')[2]);
    expect(await progress.ledger.free(id, paidIdx, first ?? '')).toBe('ok');
    expect((await progress.batches.read(id))?.hold).toBeUndefined();
    const [waiting] = await progress.lanes.redo(id, 1);
    const again = { gen: waiting?.gen ?? 0, messageId: 'again' };
    const token = await claimed(id, waiting?.idx ?? 0, again);
    expect(await intend(id, waiting?.idx ?? 0, token)).toBe('ok');
    expect(await intend(id, paidIdx, tokens[paidIdx] ?? '')).toBe('budget');
    expect(await account(id)).toMatchObject({ reserved: 10 * priceMicro });
  });

  test('is not lifted by what gives no money back, and other reasons stay', async () => {
    const id = await paidBatch(2, priceMicro);
    const [token, other] = [await claimed(id, 0), await claimed(id, 1)];
    const intent = await intended(id, 0, token);
    expect(await intend(id, 1, other)).toBe('budget');
    await progress.controls.hold(id, { reason: 'user', detail: 'lunch' });
    await bind(id, 0, intent);
    expect(Object.keys(await reasons(id))).toEqual(['budget', 'user']);
    expect(await progress.ledger.refund(id, 0, intent)).toBe('ok');
    expect(Object.keys(await reasons(id))).toEqual(['user']);
    expect(await intend(id, 1, other)).toBe('held');
    await progress.controls.unhold(id, 'user');
    expect(await intend(id, 1, other)).toBe('ok');
  });

  test('a raised budget lets the next files pay, and no more', async () => {
    const id = await paidBatch(3, priceMicro);
    const tokens = [await claimed(id, 0), await claimed(id, 1), await claimed(id, 2)];
    await bind(id, 0, await intended(id, 0, tokens[0] ?? ''));
    expect(await intend(id, 1, tokens[1] ?? '')).toBe('budget');
    const less = { budgetMicro: 2 * priceMicro - 1 };
    expect(await progress.edits.edit(id, less, priceMicro)).toEqual({ status: 'ok' });
    expect(Object.keys(await reasons(id))).toEqual(['budget']);
    const more = { budgetMicro: 2 * priceMicro };
    expect(await progress.edits.edit(id, more, priceMicro)).toEqual({ status: 'ok' });
    expect(await reasons(id)).toEqual({});
    expect(await intend(id, 1, tokens[1] ?? '')).toBe('ok');
    expect(await intend(id, 2, tokens[2] ?? '')).toBe('budget');
  });

  test('one millionth less than two prices pays for one', async () => {
    const id = await paidBatch(2, 2 * priceMicro - 1);
    await intended(id, 0, await claimed(id, 0));
    expect(await intend(id, 1, await claimed(id, 1))).toBe('budget');
  });
});

describe('a held batch', () => {
  test('takes an unpaid claim back into its redo list: no attempt, no crash, and older messages are stale', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    await progress.controls.hold(id, { reason: 'user', detail: '' });
    expect(await progress.ledger.putBack(id, { idx: 0, token: '0' }, wait)).toBe(false);
    expect(await progress.ledger.putBack(id, { idx: 0, token }, wait)).toBe(true);
    expect(await progress.ledger.putBack(id, { idx: 0, token }, wait)).toBe(false);
    expect(await progress.batches.file(id, 0)).toMatchObject({ attempts: 0, waitingFor: wait });
    expect(await claim(id, 0, { redelivered: true })).toEqual({ status: 'stale' });
    expect(await progress.settlements.overdue(id, Date.now() + 3_600_000, 10)).toEqual([]);
    await progress.controls.unhold(id, 'user');
    const [file] = await progress.lanes.redo(id, 10);
    expect(await claim(id, 0, { gen: file?.gen ?? 0, messageId: 'n' })).toMatchObject({ attempts: 1 });
    expect(await attemptField(id, 0, 'crashes')).toBeNull();
  });

  test('goes on with what is paid', async () => {
    const id = await paidBatch(1);
    await bind(id, 0, await intended(id, 0, await claimed(id, 0)));
    await progress.controls.hold(id, { reason: 'user', detail: '' });
    expect(await claim(id, 0, { redelivered: true })).toMatchObject({ status: 'ok' });
  });
});

test('a cancelling batch ends what is unpaid at once, and what is paid when its worker has brought it to its end', async () => {
  const id = await paidBatch(3);
  await progress.settlements.advance(id, 0, 3, 60_000);
  await bind(id, 0, await intended(id, 0, await claimed(id, 0)));
  await intended(id, 1, await claimed(id, 1));
  const unpaid = await claimed(id, 2);
  await progress.batches.requestCancel(id);
  expect(await progress.settlements.cancelUnheld(id, [0, 1, 2])).toMatchObject({ held: 3, open: [] });
  expect(await intend(id, 2, unpaid)).toBe('state');
  for (const idx of [0, 1, 2]) await leaseOver(id, idx);
  const swept = await progress.settlements.cancelUnheld(id, [0, 1, 2]);
  expect(swept).toEqual({ settled: 1, held: 0, ended: false, open: [0, 1] });
  expect(await claim(id, 2)).toEqual({ status: 'done' });
  for (const idx of [0, 1]) {
    const copy = await progress.settlements.reissue(id, idx, 1_000, false);
    expect(copy).toEqual({ do: 'reissue', gen: 0, copy: 1 });
    const token = await claimed(id, idx, { messageId: 'copy' });
    const end = idx === 0 ? done : ({ outcome: 'cancelled' } as const);
    if (idx === 1) await progress.ledger.free(id, 1, (await raw.hget(`i2m:{${id}}:a:1`, 'intent')) ?? '');
    expect(await progress.attempts.conclude(id, { idx, token }, end)).toBe('ok');
  }
  expect(await progress.settlements.finish(id, [0, 1])).toMatchObject({
    ended: true,
    completed: 1,
    cancelled: 1,
  });
  expect(await account(id)).toEqual({ spent: priceMicro, reserved: 0, rows: ['bound'], wire: 0 });
});

test('a deleted batch has no ledger: late answers change nothing, and the keys go with it', async () => {
  const id = await paidBatch(1);
  const token = await claimed(id, 0);
  const late = await intended(id, 0, token);
  await progress.ledger.doubt(id, 0, late, true);
  await bind(id, 0, await intended(id, 0, token));
  await raw.zadd(`i2m:{${id}}:w`, 1, 'left by a worker that died');
  await progress.attempts.conclude(id, { idx: 0, token }, done);
  await progress.settlements.finish(id, [0]);
  for (const { eventId } of await progress.settlements.outbox(id))
    await progress.settlements.ackOutbox(id, eventId);
  expect(await progress.deletions.delete('t', id)).toBe('deleted');
  const before = (await raw.keys(`*${id}*`)).sort();
  expect(before).toEqual(expect.arrayContaining([`i2m:{${id}}:l`, `i2m:{${id}}:w`]));
  expect(await bind(id, 0, late)).toBe('unknown');
  expect(await progress.ledger.free(id, 0, late)).toBe('stale');
  expect(await progress.ledger.doubt(id, 0, late, false)).toBe('stale');
  expect((await raw.keys(`*${id}*`)).sort()).toEqual(before);
  const tombstone = await progress.deletions.tombstone(id);
  if (tombstone === null) throw new Error('no tombstone');
  await progress.deletions.dropKeys(tombstone, new AbortController().signal);
  expect(await raw.keys(`*${id}*`)).toEqual([`i2m:{${id}}:x`]);
});

async function reasons(id: string): Promise<object> {
  const parsed: unknown = JSON.parse((await raw.hget(`i2m:{${id}}:b`, 'hold')) ?? '{}');
  return parsed !== null && typeof parsed === 'object' ? parsed : {};
}
