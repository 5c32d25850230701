import { backOffMs, pause, within } from './back-off.js';

it('doubles from 0.1 s to its limit, the upper half of it random', () => {
  expect([0, 1, 5, 50].map((tries) => backOffMs(tries, 1))).toEqual([100, 200, 3_200, 5_000]);
  expect([0, 1, 5, 50].map((tries) => backOffMs(tries, 0))).toEqual([50, 100, 1_600, 2_500]);
});

it('ends a pause when told to', async () => {
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal);
  stop.abort();
  await paused;
  await pause(60_000, stop.signal);
});

it('limits how long a promise may take', async () => {
  await expect(within(1_000, 'it', Promise.resolve(1))).resolves.toBe(1);
  await expect(within(1_000, 'it', Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(within(10, 'it', new Promise(() => undefined))).rejects.toThrow('it took longer than 10 ms');
});
