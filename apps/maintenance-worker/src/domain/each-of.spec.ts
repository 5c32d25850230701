import { setImmediate as turn } from 'node:timers/promises';
import { eachOf } from './each-of.js';

test('does all, never more than so many at once', async () => {
  const done: number[] = [];
  let now = 0;
  let most = 0;
  await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (n) => {
    most = Math.max(most, (now += 1));
    await turn();
    now -= 1;
    done.push(n);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('stops at a failure, and waits for what is under way', async () => {
  const done: number[] = [];
  const acting = eachOf([1, 2, 3, 4, 5, 6], 2, async (n) => {
    if (n === 2) throw new Error('two');
    await turn();
    done.push(n);
  });
  await expect(acting).rejects.toThrow('two');
  expect(done).toEqual([1]);
});
