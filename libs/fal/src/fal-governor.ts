import { createHash } from 'node:crypto';

/** Processes with the same key share one governor of the fleet's concurrency; the key itself is nobody's business. */
export const falGovernorName = (key: string): string =>
  `fal-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;

/** What the governor may try, by the configuration: the start may be above the usual most. */
export const falLimits = (config: {
  FAL_CONCURRENCY: number;
  FAL_CONCURRENCY_MAX: number;
}): { start: number; most: number } => ({
  start: config.FAL_CONCURRENCY,
  most: Math.max(config.FAL_CONCURRENCY, config.FAL_CONCURRENCY_MAX),
});
