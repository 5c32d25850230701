import { Slots } from './slots.js';

const deferred = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
};

it('runs no more than its limit and the others in their order', async () => {
  const slots = new Slots({ limit: 2 });
  const jobs = Array.from({ length: 5 }, deferred);
  const begun: number[] = [];
  jobs.forEach(({ promise }, i) =>
    slots.take(() => {
      begun.push(i);
      return promise;
    }),
  );
  expect([begun, slots.running]).toEqual([[0, 1], 2]);
  jobs[1]?.resolve();
  await new Promise(setImmediate);
  expect([begun, slots.running]).toEqual([[0, 1, 2], 2]);
  for (const { resolve } of jobs) resolve();
  await slots.idle();
  expect([begun, slots.running]).toEqual([[0, 1, 2, 3, 4], 0]);
});

it('begins nothing after close and is idle when the running ones end', async () => {
  const slots = new Slots({ limit: 1 });
  const job = deferred();
  const begun: string[] = [];
  slots.take(() => job.promise);
  slots.take(async () => void begun.push('waiting'));
  slots.close();
  slots.take(async () => void begun.push('late'));
  job.resolve();
  await slots.idle();
  await new Promise(setImmediate);
  expect(begun).toEqual([]);
});

/** Jobs that run until told; the numbers of those that began. */
const started = (slots: Slots, count: number): { begun: number[]; end: (at: number) => Promise<void> } => {
  const jobs = Array.from({ length: count }, deferred);
  const begun: number[] = [];
  jobs.forEach(({ promise }, i) =>
    slots.take(() => {
      begun.push(i);
      return promise;
    }),
  );
  const end = async (at: number): Promise<void> => {
    jobs[at]?.resolve();
    await new Promise(setImmediate);
  };
  return { begun, end };
};

it('runs others in the place of those that rest, and none in the place of one that works again', async () => {
  const slots = new Slots({ limit: 1, restMost: 2 });
  const { begun, end } = started(slots, 5);
  slots.rested(1);
  slots.rested(1);
  expect([begun, slots.running, slots.free]).toEqual([[0, 1, 2], 3, 0]);
  slots.rested(-1);
  await end(2);
  expect([begun, slots.running]).toEqual([[0, 1, 2], 2]);
  await end(0);
  expect([begun, slots.running]).toEqual([[0, 1, 2, 3], 2]);
});

it('lets no more rest than it may; the next one rests when one works again', () => {
  const slots = new Slots({ limit: 2, restMost: 1 });
  const { begun } = started(slots, 5);
  slots.rested(1);
  slots.rested(1);
  expect(begun).toEqual([0, 1, 2]);
  slots.rested(-1);
  expect(begun).toEqual([0, 1, 2]);
  expect(slots.free).toBe(0);
});

it('begins jobs that rest at once one after the other, not inside one another', () => {
  const slots = new Slots({ limit: 1, restMost: 1_000 });
  let [begun, deep, deepest] = [0, 0, 0];
  const restsAtOnce = (): Promise<void> => {
    deepest = Math.max(deepest, ++deep);
    if (begun++ > 0) slots.rested(1);
    deep--;
    return new Promise(() => undefined);
  };
  for (let i = 0; i < 100; i++) slots.take(restsAtOnce);
  slots.rested(1);
  expect([begun, deepest]).toEqual([100, 1]);
});
