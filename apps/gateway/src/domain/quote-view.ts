import { usdOf, type Quote } from '@image2model/contracts';

/** What is known of a batch that nobody has ordered yet. */
export interface QuotedBatch {
  total: number;
  /** those that were not refused */
  good: number;
  priceMicro: number;
  /** how long one generation takes as a rule, low and high */
  usualSeconds: readonly [number, number];
  /** generations at the same time */
  atOnce: number;
}

/** The quote as callers see it. The low guess takes the files as evenly as they can be, the high one round by round. */
export function quoteView({ total, good, priceMicro, usualSeconds, atOnce }: QuotedBatch): Quote {
  const [low, high] = usualSeconds;
  const rounds = good / Math.max(1, atOnce);
  return {
    total_files: total,
    cost: { estimated_usd: usdOf(good * priceMicro), per_file_usd: usdOf(priceMicro) },
    duration_seconds: [Math.floor(Math.max(1, rounds) * low), Math.ceil(Math.ceil(rounds) * high)],
  };
}
