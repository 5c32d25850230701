import type { Governor, SlotRequest } from '../src/index.js';
import { filesOf, newFleet, newGovernor } from './support/governed-fleet.js';

const seed = Number(process.env['I2M_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
const countBy = async (governor: Governor): Promise<Record<string, number>> => {
  const tenants = (await governor.slots()).map(({ tenant }) => tenant);
  return Object.fromEntries(
    [...new Set(tenants)].sort().map((t) => [t, tenants.filter((it) => it === t).length]),
  );
};

describe('whose turn it is', () => {
  test('three tenants in one question share alike, and one that needs less gets what it needs', async () => {
    const { governor } = newGovernor({ start: 8, most: 40 });
    await governor.acquire([...filesOf('a', 50), ...filesOf('b', 2), ...filesOf('c', 50)]);
    expect(await countBy(governor)).toEqual({ a: 4, b: 2, c: 4 });
  });

  test('batches of a tenant share alike what the tenant gets', async () => {
    const { governor } = newGovernor({ start: 8, most: 40 });
    const [one, two, other] = [filesOf('a', 50), filesOf('a', 50), filesOf('b', 50)];
    const { granted } = await governor.acquire([...one, ...two, ...other]);
    const of = (files: SlotRequest[]): number =>
      files.filter(({ intent }) => granted.includes(intent)).length;
    expect([of(other), ...[of(one), of(two)].sort()]).toEqual([5, 2, 3]);
  });

  test('a slot is left to the tenant with fewer while its mark lives, then nobody lets it lie idle', async () => {
    const { governor, time } = newGovernor({ start: 8, most: 40 });
    const { granted } = await governor.acquire(filesOf('a', 20));
    expect((await governor.acquire(filesOf('b', 1))).granted).toEqual([]);
    await governor.release(granted.slice(0, 2));
    const late = filesOf('a', 5);
    expect((await governor.acquire(late)).granted).toHaveLength(1);
    expect((await governor.acquire(late.slice(1))).granted).toEqual([]);
    await time.run(2_000);
    expect((await governor.acquire(late)).granted).toHaveLength(2);
  });

  test('the mark goes with its grant: the slot after it is everybody’s at once', async () => {
    const { governor } = newGovernor({ start: 8, most: 40 });
    const { granted } = await governor.acquire(filesOf('a', 20));
    const few = filesOf('b', 1);
    await governor.acquire(few);
    await governor.release(granted.slice(0, 2));
    expect((await governor.acquire(few)).granted).toHaveLength(1);
    expect((await governor.acquire(filesOf('a', 5))).granted).toHaveLength(1);
  });

  test('among equals the first to come, however often another asks', async () => {
    const { governor, time } = newGovernor({ start: 1, most: 40 });
    const { granted } = await governor.acquire([...filesOf('a', 1), ...filesOf('b', 1)]);
    const patient = filesOf('c', 1);
    await governor.acquire(patient);
    await time.run(10);
    await governor.release(granted);
    // all have none: two slots, one of them is the patient one's
    expect((await governor.acquire([...filesOf('a', 5)])).granted).toHaveLength(1);
    expect((await governor.acquire([...filesOf('b', 5)])).granted).toEqual([]);
    expect((await governor.acquire(patient)).granted).toHaveLength(1);
  });
});

test(`ten files are not behind ten thousand (seed ${seed})`, async () => {
  const many = filesOf('many', 10_000);
  const few = filesOf('few', 10);
  const lists = [many];
  const fleet = newFleet({ limits: { start: 8, most: 8 }, places: 8, jobMs: [500, 2_000], lists, seed });
  await fleet.time.run(10_000);
  lists.push(few);
  await fleet.time.run(8_000);
  const done = fleet.workers.flatMap((worker) => worker.done);
  // half of 8 places for 10 files of at most 2 s: three rounds
  expect(done.filter(({ tenant }) => tenant === 'few')).toHaveLength(10);
  expect(fleet.provider.busyShare()).toBeGreaterThan(0.95);
});

test(`three tenants get a third each, at full use (seed ${seed})`, async () => {
  const lists = ['a', 'b', 'c'].map((tenant, n) => filesOf(tenant, 1_000 * (n + 1)));
  const fleet = newFleet({ limits: { start: 12, most: 12 }, places: 12, jobMs: [500, 2_000], lists, seed });
  await fleet.time.run(5_000);
  fleet.provider.busyShare();
  await fleet.time.run(30_000);
  expect(fleet.provider.busyShare()).toBeGreaterThan(0.95);
  const done = fleet.workers.flatMap((worker) => worker.done);
  for (const tenant of ['a', 'b', 'c']) {
    const share = done.filter((it) => it.tenant === tenant).length / done.length;
    expect(share).toBeGreaterThan(0.29);
    expect(share).toBeLessThan(0.38);
  }
});
