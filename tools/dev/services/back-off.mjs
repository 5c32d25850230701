export const backOff = { firstMs: 500, maxMs: 5000, healthyMs: 5000 };

/**
 * How long to wait before a service that exited is started again: doubling, from the start when it had lived well.
 * @param {{ previousMs: number | null, livedMs: number }} life previousMs: the wait before this life, null for the first
 */
export const nextDelayMs = ({ previousMs, livedMs }) =>
  previousMs === null || livedMs >= backOff.healthyMs
    ? backOff.firstMs
    : Math.min(previousMs * 2, backOff.maxMs);
