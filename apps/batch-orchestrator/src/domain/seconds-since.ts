/** Seconds between a moment that another machine noted and now; never negative, as clocks differ a little. */
export const secondsSince = (ms: number, nowMs = Date.now()): number => Math.max(0, nowMs - ms) / 1000;
