/** Money is counted in whole millionths of a dollar: sums of prices stay exact. */
export const microPerUsd = 1_000_000;

/** Rounded to the nearest millionth. */
export const microUsd = (usd: number): number => Math.round(usd * microPerUsd);
export const usdOf = (micro: number): number => micro / microPerUsd;
