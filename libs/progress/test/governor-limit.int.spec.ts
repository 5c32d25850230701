import { filesOf, newFleet, type Fleet } from './support/governed-fleet.js';

const seed = Number(process.env['I2M_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));

function fleetOf(setup: {
  start: number;
  places: number;
  jobMs?: [number, number];
  wakeMs?: number;
  workers?: number;
}): Fleet {
  const { start, jobMs = [500, 2_000] as const, ...more } = setup;
  return newFleet({ limits: { start, most: 40 }, jobMs, lists: [filesOf('a', 5_000)], seed, ...more });
}
/** The limit, once a second. */
async function watch(fleet: Fleet, seconds: number): Promise<number[]> {
  const limits: number[] = [];
  for (let n = 0; n < seconds; n += 1) {
    await fleet.time.run(1_000);
    limits.push((await fleet.governor.state()).limit);
  }
  return limits;
}

describe(`the limit (seed ${seed})`, () => {
  test('2 finds an account of 40 within 60 s and keeps it busy', async () => {
    const fleet = fleetOf({ start: 2, places: 40 });
    const limits = await watch(fleet, 15);
    expect(limits.at(-1)).toBe(40);
    expect(fleet.provider.mostRunning).toBeGreaterThanOrEqual(36);
    fleet.provider.busyShare();
    await fleet.time.run(15_000);
    expect(fleet.provider.busyShare()).toBeGreaterThan(0.95);
    expect(fleet.provider.mostInFlight).toBeLessThanOrEqual(50);
  });

  test('40 uses an account of 40 from the first moment, with never more than 50 in flight', async () => {
    const fleet = fleetOf({ start: 40, places: 40 });
    await fleet.time.run(20_000);
    expect(fleet.provider.busyShare()).toBeGreaterThan(0.95);
    expect(fleet.provider.mostInFlight).toBeLessThanOrEqual(50);
    expect((await fleet.governor.state()).limit).toBeGreaterThanOrEqual(36);
  });

  test.each([
    { places: 2, most: 5, jobMs: [500, 2_000] as [number, number] },
    { places: 10, most: 16, jobMs: [500, 2_000] as [number, number] },
    { places: 10, most: 13, jobMs: [30_000, 60_000] as [number, number] },
  ])('2 stays near an account of $places with jobs of $jobMs ms', async ({ places, most, jobMs }) => {
    const fleet = fleetOf({ start: 2, places, jobMs });
    await fleet.time.run(15_000);
    fleet.provider.busyShare();
    const limits = await watch(fleet, 40);
    expect(Math.max(...limits)).toBeLessThanOrEqual(most);
    expect(Math.min(...limits)).toBeGreaterThanOrEqual(places - 1);
    expect(limits.reduce((a, b) => a + b, 0) / limits.length).toBeLessThan(1.4 * places);
    expect(fleet.provider.busyShare()).toBeGreaterThan(0.95);
  });

  test('comes down from a wrong guess by at most one a second', async () => {
    const fleet = fleetOf({ start: 40, places: 2 });
    const limits = await watch(fleet, 60);
    const steps = limits.slice(1).map((limit, n) => (limits[n] ?? 0) - limit);
    expect(Math.max(...steps)).toBeLessThanOrEqual(1);
    expect(limits.at(-1)).toBeLessThanOrEqual(4);
  });

  test('a provider that is asleep at first is used in full after it wakes up', async () => {
    const fleet = fleetOf({ start: 40, places: 0, jobMs: [20_000, 40_000] });
    await fleet.time.run(30_000);
    expect((await fleet.governor.state()).limit).toBeLessThan(30);
    fleet.provider.resize(40);
    await fleet.time.run(20_000);
    fleet.provider.busyShare();
    await fleet.time.run(60_000);
    expect(fleet.provider.busyShare()).toBeGreaterThan(0.95);
  });

  test('a provider where everything waits a moment is found all the same', async () => {
    const fleet = fleetOf({ start: 2, places: 40, wakeMs: 300 });
    await fleet.time.run(55_000);
    expect(fleet.provider.mostRunning).toBeGreaterThanOrEqual(36);
  });

  test('follows an account that grows', async () => {
    const fleet = fleetOf({ start: 2, places: 2 });
    await fleet.time.run(20_000);
    expect((await fleet.governor.state()).limit).toBeLessThanOrEqual(4);
    fleet.provider.resize(20);
    await fleet.time.run(30_000);
    expect((await fleet.governor.state()).limit).toBeGreaterThanOrEqual(18);
  });

  test('does not grow while nobody wants more', async () => {
    const fleet = newFleet({
      limits: { start: 8, most: 40 },
      places: 40,
      jobMs: [500, 2_000],
      lists: [filesOf('a', 8)],
      seed,
    });
    await fleet.time.run(10_000);
    expect((await fleet.governor.state()).limit).toBe(8);
  });
});
