import { microUsd, usdOf } from './money.js';

test('ten prices of 0.3 are exactly 3', () => {
  const sum = Array.from({ length: 10 }, () => microUsd(0.3)).reduce((a, b) => a + b, 0);
  expect(sum).toBe(microUsd(3));
  expect(usdOf(sum)).toBe(3);
});

test('fractions of a millionth are rounded', () => {
  expect(microUsd(0.1 + 0.2)).toBe(300_000);
});
