import { filesOf, newGovernor } from './support/governed-fleet.js';

const limits = { start: 8, most: 40 };
const tenMinutesMs = 600_000;

describe('slots', () => {
  test.each([
    { start: 1, most: 40, permitted: 2 },
    { start: 2, most: 40, permitted: 3 },
    { start: 8, most: 40, permitted: 10 },
    { start: 40, most: 40, permitted: 50 },
    { start: 60, most: 40, permitted: 50 },
    { start: 2, most: 2, permitted: 2 },
    { start: 1, most: 1, permitted: 1 },
  ])('a limit of $start (at most $most) permits $permitted, and never one more', async (row) => {
    const { governor } = newGovernor({ start: row.start, most: row.most });
    const { granted, wait, againMs } = await governor.acquire(filesOf('a', 60));
    expect(granted).toHaveLength(row.permitted);
    expect(wait?.code).toBe('provider_concurrency');
    expect(againMs).toBeGreaterThanOrEqual(50);
    expect(againMs).toBeLessThanOrEqual(500);
    expect(await governor.state()).toMatchObject({
      limit: Math.min(row.start, row.most),
      permitted: row.permitted,
      inUse: row.permitted,
      waiting: 60 - row.permitted,
      parked: null,
      stoppedUntilMs: 0,
    });
  });

  test('a repeated request keeps its slot, and nobody waits any more', async () => {
    const { governor, time } = newGovernor(limits);
    const [file] = filesOf('a', 1);
    const request = file === undefined ? [] : [file];
    const first = await governor.acquire(request);
    expect(first).toEqual({ granted: [file?.intent], probe: [], wait: null, againMs: 0 });
    await time.run(50_000);
    expect(await governor.acquire(request)).toEqual(first);
    await time.run(50_000);
    expect(await governor.slots()).toMatchObject([{ intent: file?.intent, tenant: 'a', bound: false }]);
    expect((await governor.state()).inUse).toBe(1);
  });

  test('lives 60 s, and as long as it is told when the generation was accepted', async () => {
    const { governor, time } = newGovernor(limits);
    const [bound = '', left = ''] = (await governor.acquire(filesOf('a', 2))).granted;
    const takenAtMs = time.nowMs;
    await governor.bound(bound, tenMinutesMs);
    await time.run(59_000);
    expect((await governor.slots()).map(({ intent }) => intent).sort()).toEqual([bound, left].sort());
    await time.run(1_000);
    expect(await governor.slots()).toEqual([
      { intent: bound, tenant: 'a', untilMs: takenAtMs + tenMinutesMs, takenAtMs, bound: true },
    ]);
    await time.run(tenMinutesMs);
    expect((await governor.state()).inUse).toBe(0);
  });

  test('a repeated request does not shorten a bound slot', async () => {
    const { governor, time } = newGovernor(limits);
    const files = filesOf('a', 1);
    await governor.acquire(files);
    await governor.bound(files[0]?.intent ?? '', tenMinutesMs);
    await governor.acquire(files);
    await time.run(120_000);
    expect(await governor.slots()).toMatchObject([{ bound: true }]);
  });

  test('an accepted generation counts even when its 60 s were over, but not after its end', async () => {
    const { governor, time } = newGovernor(limits);
    const [intent = ''] = (await governor.acquire(filesOf('a', 1))).granted;
    await time.run(61_000);
    expect((await governor.state()).inUse).toBe(0);
    await governor.bound(intent, tenMinutesMs, { tenant: 'a' });
    expect(await governor.slots()).toMatchObject([{ intent, tenant: 'a', bound: true }]);
    await governor.release([intent]);
    await governor.release([intent]);
    await governor.bound(intent, tenMinutesMs, { tenant: 'a' });
    expect((await governor.state()).inUse).toBe(0);
  });

  test('what is given back is there for the next, and a request that left waits no more', async () => {
    const { governor } = newGovernor({ start: 1, most: 40 });
    const files = filesOf('a', 4);
    const { granted } = await governor.acquire(files);
    expect(granted).toHaveLength(2);
    const waiting = files.filter(({ intent }) => !granted.includes(intent));
    await governor.release([granted[0] ?? '', waiting[0]?.intent ?? '']);
    expect((await governor.state()).waiting).toBe(1);
    expect((await governor.acquire(waiting.slice(1))).granted).toEqual([waiting[1]?.intent]);
    expect(await governor.state()).toMatchObject({ inUse: 2, waiting: 0 });
  });

  test('the marks of those who ask no more die after 2 s', async () => {
    const { governor, time } = newGovernor({ start: 1, most: 40 });
    await governor.acquire(filesOf('a', 5));
    await time.run(1_999);
    expect((await governor.state()).waiting).toBe(3);
    await time.run(1);
    expect((await governor.state()).waiting).toBe(0);
  });

  test('races for the last slots never give away more than there are', async () => {
    const { again, governor } = newGovernor({ start: 4, most: 40 });
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) => again().acquire(filesOf(`t${n}`, 3))),
    );
    expect(replies.flatMap(({ granted }) => granted)).toHaveLength(5);
    expect((await governor.state()).inUse).toBe(5);
  });
});

describe('the first limit', () => {
  test('is what a starting worker says; one that says the same again leaves what was found', async () => {
    const { governor, again, time } = newGovernor({ start: 2, most: 40 });
    for (let n = 0; n < 4; n += 1) {
      await governor.acquire(filesOf('a', 60));
      await governor.report('w', { queued: 0, running: 3, startedAtOnce: 3, waited: 0 });
      await time.run(300);
    }
    expect((await governor.state()).limit).toBe(14);
    await again().acquire([]);
    expect((await governor.state()).limit).toBe(14);
    await again({ start: 40, most: 40 }).acquire([]);
    expect((await governor.state()).limit).toBe(40);
    await governor.acquire([]);
    expect((await governor.state()).limit).toBe(40);
  });

  test('is not lifted by what ran an hour ago', async () => {
    const { governor, again, time } = newGovernor({ start: 40, most: 40 });
    for (let n = 0; n < 20; n += 1) {
      await governor.report('w', { queued: 0, running: 40, startedAtOnce: 0, waited: 0 });
      await time.run(300);
    }
    await time.run(3_600_000);
    await again({ start: 2, most: 40 }).acquire([]);
    const seen = { queued: 0, running: 2, startedAtOnce: 0, waited: 0 };
    expect(await governor.report('w', seen)).toEqual({ limit: 2 });
  });

  test('is not what a reader says', async () => {
    const { governor, again } = newGovernor({ start: 20, most: 30 });
    await governor.acquire([]);
    expect(await again({ start: 2, most: 10 }).state()).toMatchObject({ limit: 20, permitted: 25 });
  });
});
