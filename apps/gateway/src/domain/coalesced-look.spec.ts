import { coalescedLook } from './coalesced-look.js';

/** Looks that take `tookMs` each, by a clock of their own. */
function looking(
  tookMs: number,
  freshMs: number,
): { look: () => Promise<number>; pass: (ms: number) => void } {
  const clock = { nowMs: 0, looks: 0 };
  const ask = async (): Promise<number> => {
    clock.nowMs += tookMs;
    return (clock.looks += 1);
  };
  return {
    look: coalescedLook(ask, freshMs, () => clock.nowMs),
    pass: (ms) => void (clock.nowMs += ms),
  };
}

it('looks once for all that ask at the same time, and again when the answer is old', async () => {
  const { look, pass } = looking(0, 5);
  expect(await Promise.all([look(), look(), look()])).toEqual([1, 1, 1]);
  pass(4);
  expect(await look()).toBe(1);
  pass(1);
  expect(await look()).toBe(2);
});

it('rests for long after a look that took long', async () => {
  const { look, pass } = looking(30, 1);
  expect(await look()).toBe(1);
  pass(599);
  expect(await look()).toBe(1);
  pass(1);
  expect(await look()).toBe(2);
});

it('does not remember a failure', async () => {
  let looks = 0;
  const look = coalescedLook(async () => {
    looks += 1;
    if (looks === 1) throw new Error('away');
    return looks;
  }, 10_000);
  await expect(Promise.all([look(), look()])).rejects.toThrow('away');
  expect(await look()).toBe(2);
});
