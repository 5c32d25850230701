import { Slots } from './slots.js';

const deferred = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
};

it('runs no more than its limit and the others in their order', async () => {
  const slots = new Slots(2);
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
  const slots = new Slots(1);
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
