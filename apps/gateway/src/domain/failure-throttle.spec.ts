import { createFailureThrottle } from './failure-throttle.js';

it('the throttle counts each source in its window', () => {
  const throttle = createFailureThrottle(2, 60_000);
  expect([throttle.fail('a', 0), throttle.fail('a', 1), throttle.fail('b', 2)]).toEqual([null, null, null]);
  expect(throttle.fail('a', 30_000)).toBe(30);
  expect(throttle.fail('a', 60_000)).toBeNull();
});
