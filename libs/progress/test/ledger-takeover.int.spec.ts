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
import { bad, claim, claimed, done, progress } from './support/store.js';

const wait = { code: 'generating', detail: '' };
const error = { kind: 'dead_letter', code: 'dead_letter', message: 'x', retryable: true };

describe('a file with an intent that changes hands', () => {
  test('is told to its next worker; its attempts do not grow, and waiting is no crash', async () => {
    const id = await paidBatch(1);
    const intent = await intended(id, 0, await claimed(id, 0));
    for (let times = 0; times < 6; times += 1) {
      const reply = await claim(id, 0, { redelivered: true });
      expect(reply).toMatchObject({ status: 'ok', attempts: 1 });
      expect(reply).toMatchObject({
        paid: { intent, intentAtMs: Number(await attemptField(id, 0, 'intent_at')), imageUrl: 'https://i/0' },
      });
      expect(reply).toMatchObject({ paid: times === 0 ? { handle: '', boundAtMs: null } : { intent } });
      if (times === 0) await bind(id, 0, intent, 'r1');
      else {
        const boundAtMs = Number(await attemptField(id, 0, 'bound_at'));
        const handle = '{"requestId":"r1","endpoint":"e/image-to-3d"}';
        expect(reply).toMatchObject({ paid: { handle, boundAtMs } });
      }
    }
    expect(await attemptField(id, 0, 'crashes')).toBeNull();
  });

  test('dying on the result counts; giving it back does not', async () => {
    const id = await paidBatch(1);
    let token = await claimed(id, 0);
    await bind(id, 0, await intended(id, 0, token));
    expect(await progress.ledger.beginWork(id, { idx: 0, token: '0' })).toBe(false);
    expect(await progress.ledger.beginWork(id, { idx: 0, token })).toBe(true);
    await progress.attempts.release(id, { idx: 0, token });
    expect(await progress.ledger.beginWork(id, { idx: 0, token })).toBe(false);
    token = await claimed(id, 0);
    expect(await attemptField(id, 0, 'crashes')).toBeNull();
    for (let crashes = 1; crashes < 5; crashes += 1) {
      await progress.ledger.beginWork(id, { idx: 0, token });
      await claimed(id, 0, { redelivered: true });
      // the next holder dies before it begins
      token = await claimed(id, 0, { redelivered: true });
      expect(await attemptField(id, 0, 'crashes')).toBe(String(crashes));
    }
    await progress.attempts.release(id, { idx: 0, token });
    // this one dies while it only waits
    await claimed(id, 0);
    token = await claimed(id, 0, { redelivered: true });
    expect(await attemptField(id, 0, 'crashes')).toBe('4');
    await progress.ledger.beginWork(id, { idx: 0, token });
    await progress.attempts.park(id, { idx: 0, token }, 0, wait);
    token = await claimed(id, 0, { gen: 1 });
    await progress.ledger.beginWork(id, { idx: 0, token });
    await leaseOver(id, 0);
    expect(await claim(id, 0, { gen: 1, messageId: 'other' })).toMatchObject({ status: 'poison' });
  });

  test('attempts: a claim that came to nothing is given back, one that paid is not', async () => {
    const id = await paidBatch(1);
    const attempts = async (): Promise<number> => Number(await attemptField(id, 0, 'attempts'));
    let token = await claimed(id, 0);
    await progress.ledger.free(id, 0, await intended(id, 0, token));
    expect(await progress.attempts.park(id, { idx: 0, token }, 0, wait, { refund: true })).toBe(1);
    expect(await attempts()).toBe(0);
    token = await claimed(id, 0, { gen: 1 });
    await intended(id, 0, token);
    expect(await progress.attempts.park(id, { idx: 0, token }, 0, wait, { refund: true })).toBe(2);
    expect(await attempts()).toBe(1);
    token = await claimed(id, 0, { gen: 2 });
    await progress.attempts.release(id, { idx: 0, token });
    expect(await attempts()).toBe(1);
  });

  test('is failed by no dead letter', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const intent = await intended(id, 0, token);
    expect(await progress.settlements.condemn(id, 0, error)).toEqual({ status: 'open', ended: false });
    await bind(id, 0, intent);
    expect(await progress.settlements.condemn(id, 0, error)).toMatchObject({ status: 'open' });
    await progress.attempts.conclude(id, { idx: 0, token }, done);
    expect(await progress.settlements.condemn(id, 0, error)).toEqual({ status: 'ok', ended: true });
    expect(await progress.batches.file(id, 0)).toMatchObject({ state: 'completed' });
  });
});

describe('an intent without an answer', () => {
  test('is given up once, and its price stays spent', async () => {
    const id = await paidBatch(1);
    const intent = await intended(id, 0, await claimed(id, 0));
    expect(await progress.ledger.doubt(id, 0, intent, false)).toBe('ok');
    expect(await progress.ledger.doubt(id, 0, intent, false)).toBe('stale');
    expect(await progress.ledger.free(id, 0, intent)).toBe('stale');
    expect(await account(id)).toEqual({ spent: priceMicro, reserved: 0, rows: ['doubtful'], wire: 0 });
    expect(await progress.batches.file(id, 0)).toMatchObject({ costMicro: priceMicro, requestId: null });
  });

  test('that was to fail its file has it submitted by nobody, also when its worker dies first', async () => {
    const id = await paidBatch(1);
    await progress.ledger.doubt(id, 0, await intended(id, 0, await claimed(id, 0)), false);
    const token = await claimed(id, 0, { redelivered: true });
    expect(await intend(id, 0, token)).toBe('most');
    await progress.attempts.conclude(id, { idx: 0, token }, bad);
    await progress.settlements.finish(id, [0]);
    // somebody who asks for it has it tried again
    await progress.retries.retry(id, { run: 1 });
    const [again] = await progress.lanes.redo(id, 10);
    expect(await intend(id, 0, await claimed(id, 0, { gen: again?.gen ?? 0 }))).toBe('ok');
    expect(await progress.batches.file(id, 0)).toMatchObject({ costMicro: priceMicro });
  });

  test('is submitted once more where that is wanted, and never a third time', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const first = await intended(id, 0, token);
    expect(await progress.ledger.doubt(id, 0, first, true)).toBe('ok');
    const second = await intended(id, 0, token);
    expect(await progress.ledger.doubt(id, 0, first, true)).toBe('stale');
    expect(await progress.ledger.doubt(id, 0, second, true)).toBe('again');
    expect(await progress.ledger.peek(id, 0)).toBe('open');
    expect(await progress.ledger.doubt(id, 0, second, false)).toBe('ok');
    expect(await intend(id, 0, token)).toBe('most');
    expect(await account(id)).toMatchObject({ spent: 2 * priceMicro, rows: ['doubtful', 'doubtful'] });
  });

  test('that was found meanwhile is not given up', async () => {
    const id = await paidBatch(1);
    const intent = await intended(id, 0, await claimed(id, 0));
    await bind(id, 0, intent);
    expect(await progress.ledger.doubt(id, 0, intent, false)).toBe('bound');
    expect(await progress.ledger.free(id, 0, intent)).toBe('bound');
    expect(await account(id)).toEqual({ spent: priceMicro, reserved: 0, rows: ['bound'], wire: 0 });
  });
});

describe('a generation that was not billed', () => {
  test('gives its price back once; a file that goes on pays anew', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const intent = await intended(id, 0, token);
    expect(await progress.ledger.refund(id, 0, intent)).toBe('stale');
    await bind(id, 0, intent, 'r1');
    expect(await progress.ledger.refund(id, 0, intent)).toBe('ok');
    expect(await progress.ledger.refund(id, 0, intent)).toBe('stale');
    expect(await bind(id, 0, intent, 'r1')).toBe('same');
    expect(await account(id)).toEqual({ spent: 0, reserved: 0, rows: ['unbilled'], wire: 0 });
    expect(await progress.batches.file(id, 0)).toMatchObject({ costMicro: 0, requestId: null });
    await bind(id, 0, await intended(id, 0, token));
    expect(await account(id)).toMatchObject({ spent: priceMicro, rows: ['bound', 'unbilled'] });
  });
});
