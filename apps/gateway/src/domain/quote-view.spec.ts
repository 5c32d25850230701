import { quoteView } from './quote-view.js';

const quoted = { total: 10, good: 10, priceMicro: 300_000, usualSeconds: [20, 60], atOnce: 2 } as const;

it('prices the good files and shares them over what runs at once', () => {
  expect(quoteView(quoted)).toEqual({
    total_files: 10,
    cost: { estimated_usd: 3, per_file_usd: 0.3 },
    duration_seconds: [100, 300],
  });
  expect(quoteView({ ...quoted, good: 7 })).toMatchObject({
    total_files: 10,
    cost: { estimated_usd: 2.1 },
    duration_seconds: [70, 240],
  });
});

it('is never faster than one file, and knows no fraction of a second', () => {
  expect(quoteView({ ...quoted, good: 1, atOnce: 40 }).duration_seconds).toEqual([20, 60]);
  expect(quoteView({ ...quoted, good: 1, usualSeconds: [0.1, 0.1] }).duration_seconds).toEqual([0, 1]);
});

it('counts on one at a time where nobody is at work', () => {
  expect(quoteView({ ...quoted, atOnce: 0 }).duration_seconds).toEqual([200, 600]);
});

it('keeps sums of prices exact', () => {
  const { cost } = quoteView({ ...quoted, good: 3, priceMicro: 100_000 });
  expect(cost.estimated_usd).toBe(0.3);
});
