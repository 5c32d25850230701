import { newSpend } from './support/governed-fleet.js';
import { Timeline } from './support/simulated-provider.js';

const dayMs = 86_400_000;
let tenants = 0;
function fresh() {
  const time = new Timeline();
  time.nowMs = Math.ceil(time.nowMs / dayMs) * dayMs;
  return { time, spend: newSpend(time), tenant: `t${(tenants += 1)}` };
}

test('a reservation counts once, whatever its repeats say', async () => {
  const { spend, tenant, time } = fresh();
  const resetsAtMs = time.nowMs + dayMs;
  for (const micro of [300_000, 300_000, 999])
    expect(await spend.reserve(tenant, 'int_a', micro, null)).toEqual({
      ok: true,
      spentMicro: 300_000,
      resetsAtMs,
    });
  expect(await spend.today(tenant)).toEqual({ spentMicro: 300_000, resetsAtMs });
});

test('never passes the cap, not in a race either', async () => {
  const { spend, tenant } = fresh();
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, n) => spend.reserve(tenant, `int_${n}`, 300_000, 1_000_000)),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(3);
  expect((await spend.today(tenant)).spentMicro).toBe(900_000);
  expect((await spend.reserve(tenant, 'int_x', 100_000, 1_000_000)).ok).toBe(true);
  expect((await spend.reserve(tenant, 'int_y', 1, 1_000_000)).ok).toBe(false);
  // the cap was lowered: what is reserved stays, and its repeat is no new spending
  expect((await spend.reserve(tenant, 'int_x', 100_000, 10)).ok).toBe(true);
  expect((await spend.reserve(tenant, 'int_z', 0, 1_000_000)).ok).toBe(true);
});

test('what is freed is free once', async () => {
  const { spend, tenant } = fresh();
  await spend.reserve(tenant, 'int_a', 400_000, null);
  await spend.reserve(tenant, 'int_b', 500_000, null);
  await spend.free(tenant, 'int_a');
  await spend.free(tenant, 'int_a');
  await spend.free(tenant, 'int_never');
  expect((await spend.today(tenant)).spentMicro).toBe(500_000);
  expect((await spend.reserve(tenant, 'int_a', 400_000, 900_000)).ok).toBe(true);
});

test('each UTC day begins at nothing, and a reservation stays in its own', async () => {
  const { spend, tenant, time } = fresh();
  await time.run(dayMs - 1);
  await spend.reserve(tenant, 'int_a', 400_000, 500_000);
  await time.run(1);
  expect(await spend.today(tenant)).toEqual({ spentMicro: 0, resetsAtMs: time.nowMs + dayMs });
  expect(await spend.reserve(tenant, 'int_a', 400_000, 500_000)).toMatchObject({ ok: true, spentMicro: 0 });
  await spend.reserve(tenant, 'int_b', 500_000, 500_000);
  await spend.free(tenant, 'int_a');
  expect((await spend.today(tenant)).spentMicro).toBe(500_000);
});

test('a day of four days ago does not come back', async () => {
  const { spend, tenant, time } = fresh();
  await spend.reserve(tenant, 'int_a', 400_000, null);
  await time.run(4 * dayMs);
  expect((await spend.today(tenant)).spentMicro).toBe(0);
  expect((await spend.reserve(tenant, 'int_a', 400_000, null)).spentMicro).toBe(400_000);
});

test('tenants do not pay for each other', async () => {
  const { spend, tenant } = fresh();
  await spend.reserve(tenant, 'int_a', 400_000, 400_000);
  expect((await spend.reserve(`${tenant}-other`, 'int_a', 400_000, 400_000)).ok).toBe(true);
});
