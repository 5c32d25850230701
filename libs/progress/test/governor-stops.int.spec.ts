import { filesOf, newGovernor } from './support/governed-fleet.js';

const auth = { code: 'provider_auth', detail: 'the key is refused' } as const;
const paused = { code: 'provider_paused', detail: 'stopped by the operator' } as const;

describe('refusals', () => {
  test('halve the limit, at most once in 5 s, and it grows by one a second for 10 s', async () => {
    const { governor, time } = newGovernor({ start: 16, most: 40 });
    await governor.acquire(filesOf('a', 1));
    expect(await governor.refused(null)).toEqual({ limit: 8, stoppedMs: 0 });
    expect(await governor.refused(null)).toEqual({ limit: 8, stoppedMs: 0 });
    await governor.accepted();
    const seen = { queued: 0, running: 8, startedAtOnce: 8, waited: 0 };
    const found: number[] = [];
    for (let second = 1; second <= 11; second += 1) {
      await time.run(500);
      await governor.acquire(filesOf('a', 60));
      await governor.report('w', seen);
      await time.run(500);
      found.push((await governor.report('w', seen)).limit);
    }
    expect(found.slice(0, 9)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17]);
    expect(found.at(-1)).toBeGreaterThan(25);
    expect((await governor.refused(null)).limit).toBe(Math.floor((found.at(-1) ?? 0) / 2));
  });

  test('never below one', async () => {
    const { governor, time } = newGovernor({ start: 2, most: 40 });
    for (let n = 0; n < 4; n += 1) {
      expect((await governor.refused(null)).limit).toBe(1);
      await time.run(5_000);
    }
  });

  test('five in a row stop everybody for Retry-After; then one at a time tries', async () => {
    const { governor, time } = newGovernor({ start: 8, most: 40 });
    for (let n = 0; n < 4; n += 1) expect((await governor.refused(30_000)).stoppedMs).toBe(0);
    expect((await governor.acquire(filesOf('a', 1))).granted).toHaveLength(1);
    expect((await governor.refused(30_000)).stoppedMs).toBe(30_000);
    const reply = await governor.acquire(filesOf('a', 3));
    expect(reply).toMatchObject({ granted: [], wait: { code: 'rate_limit' } });
    expect(reply.againMs).toBeLessThanOrEqual(1_000);
    expect((await governor.state()).stoppedUntilMs).toBe(time.nowMs + 30_000);
    await time.run(30_000);
    expect(await governor.acquire(filesOf('a', 3))).toMatchObject({ granted: [expect.any(String)] });
    expect((await governor.acquire(filesOf('a', 3))).granted).toEqual([]);
    await governor.accepted();
    expect((await governor.acquire(filesOf('a', 3))).granted).toHaveLength(3);
  });

  test('without Retry-After the stop lasts 60 s; an accepted request ends it and the row', async () => {
    const { governor } = newGovernor({ start: 8, most: 40 });
    for (let n = 0; n < 4; n += 1) await governor.refused(null);
    await governor.accepted();
    for (let n = 0; n < 4; n += 1) expect((await governor.refused(null)).stoppedMs).toBe(0);
    expect((await governor.refused(null)).stoppedMs).toBe(60_000);
    await governor.accepted();
    expect((await governor.acquire(filesOf('a', 1))).granted).toHaveLength(1);
  });
});

describe('a parked provider', () => {
  test('is told once, gives no slots, and is probed by one request every 10 s', async () => {
    const { governor, time } = newGovernor({ start: 8, most: 40 });
    const sinceMs = time.nowMs;
    expect(await governor.park(auth)).toEqual({ first: true });
    expect(await governor.park(auth)).toEqual({ first: false });
    expect(await governor.acquire(filesOf('a', 3))).toMatchObject({ granted: [], probe: [], wait: auth });
    await time.run(10_000);
    const files = filesOf('a', 3);
    const { granted, probe } = await governor.acquire(files);
    expect(granted).toEqual([files[0]?.intent]);
    expect(probe).toEqual(granted);
    expect(await governor.acquire(files)).toMatchObject({ granted, probe });
    // a second failing process says it again: neither an alert nor a later probe
    expect(await governor.park(auth)).toEqual({ first: false });
    await governor.release(granted);
    await time.run(9_999);
    expect((await governor.acquire(filesOf('a', 3))).granted).toEqual([]);
    await time.run(1);
    expect((await governor.acquire(filesOf('a', 3))).probe).toHaveLength(1);
    expect((await governor.state()).parked).toEqual({ ...auth, sinceMs });
  });

  test('goes on when its probe is accepted, not by an older request', async () => {
    const { governor, time } = newGovernor({ start: 8, most: 40 });
    const [older = ''] = (await governor.acquire(filesOf('a', 1))).granted;
    await time.run(100);
    await governor.park(auth);
    await time.run(100);
    expect(await governor.accepted(older)).toEqual({ resumed: false });
    expect(await governor.accepted()).toEqual({ resumed: false });
    await time.run(10_000);
    const [probe = ''] = (await governor.acquire(filesOf('a', 1))).probe;
    expect(await governor.accepted(probe)).toEqual({ resumed: true });
    expect(await governor.accepted(probe)).toEqual({ resumed: false });
    expect((await governor.state()).parked).toBeNull();
    expect((await governor.acquire(filesOf('a', 3))).granted).toHaveLength(3);
    expect(await governor.park(auth)).toEqual({ first: true });
  });

  test('an accepted request of unknown age ends it when no older one can be under way', async () => {
    const { governor, time } = newGovernor({ start: 8, most: 40 });
    await governor.park({ code: 'provider_account', detail: 'no balance' });
    await time.run(19_999);
    expect(await governor.accepted()).toEqual({ resumed: false });
    await time.run(1);
    expect(await governor.accepted()).toEqual({ resumed: true });
  });

  test('is probed although all permitted slots are taken, within the highest number', async () => {
    const full = newGovernor({ start: 2, most: 2 });
    const open = newGovernor({ start: 2, most: 40 });
    for (const { governor, time } of [full, open]) {
      for (const intent of (await governor.acquire(filesOf('a', 5))).granted)
        await governor.bound(intent, 1_800_000);
      await governor.park(auth);
      await time.run(10_000);
    }
    expect((await open.governor.acquire(filesOf('a', 5))).probe).toHaveLength(1);
    expect((await full.governor.acquire(filesOf('a', 5))).probe).toEqual([]);
  });

  test('the operator’s pause has no probes and outlives the account’s repair', async () => {
    const { governor, time } = newGovernor({ start: 8, most: 40 });
    await governor.park(auth);
    await time.run(10_000);
    const [probe = ''] = (await governor.acquire(filesOf('a', 1))).probe;
    expect(await governor.park(paused)).toEqual({ first: true });
    expect(await governor.park(paused)).toEqual({ first: false });
    expect((await governor.state()).parked).toMatchObject(paused);
    await time.run(60_000);
    expect(await governor.acquire(filesOf('a', 1))).toMatchObject({ granted: [], wait: paused });
    await governor.bound(probe, 60_000);
    expect(await governor.accepted(probe)).toEqual({ resumed: true });
    expect((await governor.acquire(filesOf('a', 1))).granted).toEqual([]);
    expect(await governor.resume()).toEqual({ was: true });
    expect(await governor.resume()).toEqual({ was: false });
    expect((await governor.acquire(filesOf('a', 1))).granted).toHaveLength(1);
  });

  test('goes on by hand, whatever had stopped it', async () => {
    const { governor } = newGovernor({ start: 8, most: 40 });
    await governor.park(auth);
    await governor.park(paused);
    for (let n = 0; n < 5; n += 1) await governor.refused(null);
    expect(await governor.resume()).toEqual({ was: true });
    expect(await governor.state()).toMatchObject({ parked: null, stoppedUntilMs: 0 });
    expect((await governor.acquire(filesOf('a', 1))).granted).toHaveLength(1);
  });
});
