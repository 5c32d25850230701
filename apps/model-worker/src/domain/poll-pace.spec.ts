import { nextLookMs, pollPace, safetyPace } from './poll-pace.js';

test('a young generation is looked at four times a second, an old one every five seconds', () => {
  expect(nextLookMs(100, pollPace)).toBe(250);
  expect(nextLookMs(60_000, pollPace)).toBe(3_600);
  expect(nextLookMs(600_000, pollPace)).toBe(5_000);
});

test('with callbacks the looks are few', () => {
  let looks = 0;
  for (let age = safetyPace.firstMs; age < 90_000; age += nextLookMs(age, safetyPace)) looks += 1;
  expect(looks).toBeLessThan(20);
});
