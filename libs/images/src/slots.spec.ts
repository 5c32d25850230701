import { createSlots } from './slots.js';

it('slots hold back what is too much, and go on after a failure', async () => {
  const slots = createSlots(2);
  let [now, most] = [0, 0];
  const work = async (fails: boolean): Promise<void> => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    if (fails) throw new Error('x');
  };
  const ended = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => slots.run(() => work(n % 2 === 0))));
  expect(most).toBe(2);
  expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});
