/** A claimed file should find a slot within so long, ms: less than people notice, much less than a lease. */
const withinMs = 20;
const most = 256;

/**
 * How many files may be claimed beside those that hold a slot. None while tasks take long: then another worker may
 * have a slot sooner.
 * @param meanMs how long a task took lately; undefined before the first
 */
export function claimsAhead(slots: number, meanMs: number | undefined): number {
  if (meanMs === undefined) return 0;
  return Math.min(most, Math.floor((slots * withinMs) / Math.max(meanMs, 0.01)));
}
