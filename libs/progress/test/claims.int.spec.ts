import { bad, batchOf, claim, claimed, done, progress } from './support/store.js';

describe('claims', () => {
  test('a second message waits; the own redelivered message takes over and fences the first holder', async () => {
    const id = await batchOf(1);
    const first = await claimed(id, 0);
    expect(await claim(id, 0, { messageId: 'other' })).toMatchObject({ status: 'busy' });
    expect(await claim(id, 0)).toMatchObject({ status: 'busy' });
    const second = await claimed(id, 0, { redelivered: true });
    expect(Number(second)).toBeGreaterThan(Number(first));
    expect(await progress.attempts.conclude(id, { idx: 0, token: first }, bad)).toBe('fenced');
    expect(await progress.attempts.conclude(id, { idx: 0, token: second }, done)).toBe('ok');
    expect(await claim(id, 0)).toEqual({ status: 'concluded' });
    await progress.settlements.finish(id, [0]);
    expect(await claim(id, 0)).toEqual({ status: 'done' });
  });

  test('the fifth takeover is poison; a release in order is not a crash', async () => {
    const id = await batchOf(2);
    await claimed(id, 0);
    for (let crash = 1; crash < 5; crash += 1)
      expect(await claim(id, 0, { redelivered: true })).toMatchObject({ status: 'ok' });
    expect(await claim(id, 0, { redelivered: true })).toMatchObject({ status: 'poison' });
    for (let drain = 0; drain < 8; drain += 1) {
      const token = await claimed(id, 1, { redelivered: true });
      expect(await progress.attempts.release(id, { idx: 1, token })).toBe(true);
    }
    expect((await progress.batches.file(id, 1))?.attempts).toBe(0);
  });

  test('parking bumps the gen: older copies are stale', async () => {
    const id = await batchOf(1);
    const token = await claimed(id, 0);
    expect(await progress.attempts.countFailure(id, { idx: 0, token }, 'crash')).toBe(1);
    const gen = await progress.attempts.park(id, { idx: 0, token }, 5_000, {
      code: 'retry_at',
      detail: 'later',
    });
    expect(gen).toBe(1);
    expect(
      await progress.attempts.park(id, { idx: 0, token }, 5_000, { code: 'retry_at', detail: 'later' }),
    ).toBeUndefined();
    expect(await claim(id, 0)).toEqual({ status: 'stale' });
    expect(await progress.ledger.peek(id, 0, 0)).toBe('stale');
    expect(await progress.ledger.peek(id, 0, 1)).toBe('none');
    expect((await progress.batches.file(id, 0))?.waitingFor).toEqual({ code: 'retry_at', detail: 'later' });
    const again = await claimed(id, 0, { gen: 1, messageId: 'next' });
    expect(
      await progress.attempts.renew(id, [
        { idx: 0, token },
        { idx: 0, token: again },
      ]),
    ).toMatchObject({ state: 'running', lost: [0] });
    expect((await progress.batches.file(id, 0))?.attempts).toBe(2);
  });

  test('unknown batches and files', async () => {
    expect(await claim('bat_none', 0)).toEqual({ status: 'nobatch' });
    const id = await batchOf(1);
    expect(await claim(id, 1)).toEqual({ status: 'done' });
  });
});

describe('cancel and condemn', () => {
  test('nothing is claimed after the flip; waiting, unheld and held files all end', async () => {
    const id = await batchOf(5);
    const held = await claimed(id, 0);
    const parked = await claimed(id, 1);
    await progress.attempts.park(id, { idx: 1, token: parked }, 60_000, { code: 'retry_at', detail: '' });
    expect(await progress.attempts.conclude(id, { idx: 0, token: held }, { outcome: 'cancelled' })).toBe(
      'refused',
    );
    expect(await progress.batches.requestCancel(id)).toBe('cancelling');
    expect(await progress.batches.requestCancel(id)).toBe('cancelling');
    expect(await claim(id, 2)).toEqual({ status: 'stopped' });
    expect(await progress.settlements.cancelWaiting(id, 2)).toMatchObject({ done: false });
    expect(await progress.settlements.cancelWaiting(id, 100)).toMatchObject({ cancelled: 3, done: true });
    expect(await progress.settlements.cancelUnheld(id, [0, 1])).toMatchObject({
      settled: 1,
      held: 1,
      ended: false,
    });
    expect(await progress.attempts.conclude(id, { idx: 0, token: held }, done)).toBe('ok');
    expect(await progress.settlements.finish(id, [0])).toMatchObject({
      completed: 1,
      ended: true,
      state: 'cancelled',
    });
    expect(await progress.batches.requestCancel(id)).toBe('cancelled');
  });

  test('a condemned file fails once; a conclusion that is there stands', async () => {
    const id = await batchOf(2);
    const token = await claimed(id, 0);
    const error = { kind: 'dead_letter', code: 'dead_letter', message: 'x', retryable: true };
    expect(await progress.settlements.condemn(id, 0, error)).toEqual({ status: 'ok', ended: false });
    expect(await progress.attempts.conclude(id, { idx: 0, token }, done)).toBe('settled');
    await progress.attempts.conclude(id, { idx: 1, token: await claimed(id, 1) }, done);
    expect(await progress.settlements.condemn(id, 1, error)).toEqual({ status: 'ok', ended: true });
    expect(await progress.settlements.condemn(id, 1, error)).toEqual({ status: 'settled', ended: false });
    expect((await progress.batches.get('t', id))?.counts).toMatchObject({ completed: 1, failed: 1 });
  });
});
