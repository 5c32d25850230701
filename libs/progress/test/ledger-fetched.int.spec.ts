import { newIntentId } from '@image2model/contracts';
import { attemptField, bind, intend, intended, paidBatch } from './support/pay.js';
import { bad, claimed, progress } from './support/store.js';

const fetched = (id: string, idx: number, intent: string): Promise<boolean> =>
  progress.ledger.noteFetched(id, idx, intent);

describe('an image that was fetched', () => {
  test('is noted once for the open intent of its file, and goes on being given after the bind', async () => {
    const id = await paidBatch(1);
    const intent = await intended(id, 0, await claimed(id, 0));
    expect(await fetched(id, 0, intent)).toBe(true);
    const first = await attemptField(id, 0, 'seen');
    expect(Math.abs(Number(first) - Date.now())).toBeLessThan(60_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await bind(id, 0, intent);
    expect(await fetched(id, 0, intent)).toBe(true);
    expect(await attemptField(id, 0, 'seen')).toBe(first);
  });

  test('says nothing of another intent, of a file that has ended, or of a batch that is gone', async () => {
    const id = await paidBatch(3);
    await intended(id, 0, await claimed(id, 0));
    expect(await fetched(id, 0, newIntentId(id, 0))).toBe(false);
    expect(await fetched(id, 1, newIntentId(id, 1))).toBe(false);
    const token = await claimed(id, 2);
    const ended = await intended(id, 2, token);
    await progress.attempts.conclude(id, { idx: 2, token }, bad);
    expect(await fetched(id, 2, ended)).toBe(false);
    for (const idx of [0, 1, 2]) expect(await attemptField(id, idx, 'seen')).toBeNull();
    const absent = `bat_${'0'.repeat(32)}`;
    expect(await fetched(absent, 0, newIntentId(absent, 0))).toBe(false);
  });

  test('forbids a second submit: its file can only be given up, which says why', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const intent = await intended(id, 0, token);
    await fetched(id, 0, intent);
    expect(await progress.ledger.doubt(id, 0, intent, true)).toBe('fetched');
    expect(await progress.ledger.peek(id, 0)).toBe('open');
    expect(await intend(id, 0, token)).toBe('open');
    expect(await progress.ledger.doubt(id, 0, intent, false)).toBe('fetched');
    expect(await progress.ledger.peek(id, 0)).toBe('none');
    expect(await intend(id, 0, token)).toBe('most');
    expect(await fetched(id, 0, intent)).toBe(false);
  });

  test('is forgotten with its intent: the next one starts without it, and the old image is gone', async () => {
    const id = await paidBatch(1);
    const token = await claimed(id, 0);
    const refused = await intended(id, 0, token);
    await fetched(id, 0, refused);
    await progress.ledger.free(id, 0, refused);
    const second = await intended(id, 0, token);
    expect(await attemptField(id, 0, 'seen')).toBeNull();
    expect(await progress.ledger.doubt(id, 0, second, true)).toBe('ok');
    expect(await fetched(id, 0, second)).toBe(false);
    expect(await attemptField(id, 0, 'seen')).toBeNull();
  });
});
