import { newIntentId } from '@image2model/contracts';
import {
  account,
  attemptField,
  bind,
  intend,
  intended,
  leaseOver,
  paidBatch,
  priceMicro,
  rowsOf,
} from './support/pay.js';
import { bad, claimed, done, progress, raw } from './support/store.js';

const nothing = { spent: 0, reserved: 0, rows: [], wire: 0 };
const open = { ...nothing, reserved: priceMicro, rows: ['open'], wire: 1 };
const bound = { spent: priceMicro, reserved: 0, rows: ['bound'], wire: 0 };

describe('an intent', () => {
  test('is noted once, sets its price aside and is on the wire; a repeat is the same decision', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    expect(await progress.ledger.peek(id, 0)).toBe('none');
    expect(await progress.ledger.peek(id, 0, 0)).toBe('none');
    const intent = newIntentId(id, 0);
    for (let times = 0; times < 2; times += 1) expect(await intend(id, 0, token, { intent })).toBe('ok');
    expect(await account(id)).toEqual(open);
    expect(await progress.ledger.peek(id, 0)).toBe('open');
    expect(await progress.ledger.isLive(id, 0, intent)).toBe(true);
    expect(await intend(id, 0, token)).toBe('open');
    expect(await account(id)).toEqual(open);
    const [row] = await rowsOf(id);
    expect(row).toEqual({
      ...{ intent, idx: 0, state: 'open', priceMicro, endpoint: 'e/image-to-3d', requestId: null },
      atMs: Number(await attemptField(id, 0, 'intent_at')),
    });
  });

  test('needs the live claim of a file that has not ended', async () => {
    const id = await paidBatch(3);
    const token = await claimed(id, 0);
    expect(await intend(id, 0, '0')).toBe('fenced');
    expect(await intend(id, 1, token)).toBe('fenced');
    await leaseOver(id, 0);
    expect(await intend(id, 0, token)).toBe('lease');
    const released = await claimed(id, 1);
    await progress.attempts.release(id, { idx: 1, token: released });
    expect(await intend(id, 1, released)).toBe('lease');
    const ended = await claimed(id, 2);
    await progress.attempts.conclude(id, { idx: 2, token: ended }, bad);
    expect(await intend(id, 2, ended)).toBe('fenced');
    expect(await account(id)).toEqual(nothing);
  });

  test('passes a hold for the day of its tenant, of which it has its share, and no other', async () => {
    const id = await paidBatch(2);
    const [first, second] = [await claimed(id, 0), await claimed(id, 1)];
    await progress.controls.hold(id, { reason: 'budget', detail: 'the day', untilMs: Date.now() + 60_000 });
    expect(await intend(id, 0, first)).toBe('ok');
    await progress.controls.hold(id, { reason: 'user', detail: 'paused' });
    expect(await intend(id, 1, second)).toBe('held');
  });

  test('needs a batch that runs and is not held', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    await progress.controls.hold(id, { reason: 'user', detail: '' });
    expect(await intend(id, 0, token)).toBe('held');
    await progress.controls.unhold(id, 'user');
    await progress.batches.requestCancel(id);
    expect(await intend(id, 0, token)).toBe('state');
    expect(await account(id)).toEqual(nothing);
  });

  test('a decision that is there stands, whatever was ordered meanwhile', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const intent = await intended(id, 0, token);
    await progress.controls.hold(id, { reason: 'user', detail: '' });
    await progress.batches.requestCancel(id);
    expect(await intend(id, 0, token, { intent })).toBe('ok');
    await bind(id, 0, intent);
    expect(await intend(id, 0, token, { intent })).not.toBe('ok');
  });

  test('submits are counted: those that nothing came of are not', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    for (let n = 0; n < 3; n += 1)
      expect(await progress.ledger.free(id, 0, await intended(id, 0, token, { mostSubmits: 2 }))).toBe('ok');
    for (let n = 0; n < 2; n += 1) {
      const intent = await intended(id, 0, token, { mostSubmits: 2 });
      await bind(id, 0, intent);
      expect(await progress.ledger.refund(id, 0, intent)).toBe('ok');
    }
    expect(await intend(id, 0, token, { mostSubmits: 2 })).toBe('most');
  });

  test('of a price of 0 works like any other', async () => {
    const id = await paidBatch(1, 0);
    const token = await claimed(id, 0);
    const free = { priceMicro: 0 };
    expect(await progress.ledger.free(id, 0, await intended(id, 0, token, free))).toBe('ok');
    const refunded = await intended(id, 0, token, free);
    expect(await bind(id, 0, refunded)).toBe('ok');
    expect(await progress.ledger.refund(id, 0, refunded)).toBe('ok');
    const doubtful = await intended(id, 0, token, free);
    expect(await progress.ledger.doubt(id, 0, doubtful, false)).toBe('ok');
    expect(await account(id)).toEqual({ ...nothing, rows: ['doubtful', 'unbilled'] });
  });
});

describe('binding', () => {
  test('moves the price to what is spent, once; another request of the same intent is refused', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const intent = await intended(id, 0, token);
    expect(await bind(id, 0, intent, 'r1')).toBe('ok');
    expect(await bind(id, 0, intent, 'r1')).toBe('same');
    expect(await bind(id, 0, intent, 'r2')).toBe('conflict');
    expect(await account(id)).toEqual(bound);
    expect(await progress.ledger.peek(id, 0)).toBe('bound');
    expect((await rowsOf(id))[0]).toMatchObject({ requestId: 'r1', state: 'bound' });
    const file = await progress.batches.file(id, 0);
    expect(file).toMatchObject({ requestId: 'r1', endpoint: 'e/image-to-3d', costMicro: priceMicro });
  });

  test('is welcome from whoever learns it, also of a file that somebody else holds now or that is parked', async () => {
    const id = await paidBatch(2);
    const first = await intended(id, 0, await claimed(id, 0));
    await claimed(id, 0, { redelivered: true });
    expect(await bind(id, 0, first)).toBe('ok');
    const token = await claimed(id, 1);
    const second = await intended(id, 1, token);
    await progress.attempts.park(id, { idx: 1, token }, 0, { code: 'w', detail: '' });
    expect(await bind(id, 1, second)).toBe('ok');
  });

  test('an answer for nothing that was decided changes nothing', async () => {
    const id = await paidBatch(1);
    const before = await raw.dbsize();
    expect(await bind(id, 0, newIntentId(id, 0))).toBe('unknown');
    expect(await raw.dbsize()).toBe(before);
  });

  test('an answer to what was given up is one too many: noted, and paid for once', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const late = await intended(id, 0, token);
    expect(await progress.ledger.doubt(id, 0, late, true)).toBe('ok');
    const second = await intended(id, 0, token);
    await bind(id, 0, second);
    expect(await bind(id, 0, late, 'late')).toBe('stale');
    expect(await bind(id, 0, late, 'late')).toBe('same');
    expect(await bind(id, 0, late, 'other')).toBe('conflict');
    expect(await account(id)).toEqual({ ...nothing, spent: 2 * priceMicro, rows: ['bound', 'extra'] });
    expect(await progress.batches.file(id, 0)).toMatchObject({
      costMicro: 2 * priceMicro,
      requestId: `r-${second}`,
    });
  });

  test('the answer to an intent that a new run left behind takes its price from what is set aside', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const left = await intended(id, 0, token);
    await progress.attempts.conclude(id, { idx: 0, token }, bad);
    await progress.settlements.finish(id, [0]);
    await progress.retries.retry(id, { run: 1 });
    expect(await progress.ledger.peek(id, 0)).toBe('none');
    expect(await bind(id, 0, left)).toBe('stale');
    expect(await account(id)).toEqual({ ...bound, rows: ['extra'] });
  });
});

describe('what is on the wire', () => {
  test('ends with the answer, with the loss of it, or by itself', async () => {
    const id = await paidBatch(4);
    const intents: string[] = [];
    for (const idx of [0, 1, 2, 3]) intents.push(await intended(id, idx, await claimed(id, idx)));
    expect(await progress.ledger.onTheWire(id, Date.now())).toBe(4);
    const [a = '', b = '', c = ''] = intents;
    await bind(id, 0, a);
    expect(await progress.ledger.onTheWire(id, Date.now())).toBe(3);
    await progress.ledger.free(id, 1, b);
    expect(await progress.ledger.onTheWire(id, Date.now())).toBe(2);
    await progress.ledger.lost(id, c);
    expect(await progress.ledger.onTheWire(id, Date.now())).toBe(1);
    // its worker died: a submit cannot be unanswered for so long
    expect(await progress.ledger.onTheWire(id, Date.now() + 26_000)).toBe(0);
    expect(await progress.ledger.peek(id, 2)).toBe('open');
  });
});

test('a file that ended keeps what it paid, and its rows are told in full', async () => {
  const id = await paidBatch(1_500);
  const token = await claimed(id, 0);
  const intent = await intended(id, 0, token);
  await bind(id, 0, intent);
  await progress.attempts.conclude(id, { idx: 0, token }, done);
  expect(await progress.ledger.isLive(id, 0, intent)).toBe(false);
  const rows = Array.from({ length: 1_499 }, (_, n) => [
    `more_${n}`,
    JSON.stringify({ i: n, s: 'bound', p: 1, e: 'e', r: `r${n}`, at: 1 }),
  ]);
  await raw.hset(`i2m:{${id}}:l`, ...rows.flat());
  const all = await rowsOf(id);
  expect(new Set(all.map((row) => row.intent)).size).toBe(1_500);
  expect(all).toHaveLength(1_500);
});
