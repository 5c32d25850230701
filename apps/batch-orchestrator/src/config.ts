import { falConfig } from '@image2model/fal';
import { baseConfig, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';

/** The orchestrator's environment. */
export const configSchema = z.object({
  ...baseConfig,
  ...falConfig,
  RECONCILE_INTERVAL_MS: wholeNumber(100, 60_000)
    .default(5_000)
    .describe('How often running batches are looked after: outbox, overdue files, counters.'),
  RECONCILE_LEASE_MS: wholeNumber(1_000, 600_000)
    .default(15_000)
    .describe('After so long without a sweep another replica reconciles, ms; more than the interval.'),
  REDRIVE_INTERVAL_MS: wholeNumber(100, 600_000)
    .default(15_000)
    .describe('How often dead letters that wait for their redrive are looked at, ms.'),
  LANE_LEASE_MS: wholeNumber(1_000, 600_000)
    .default(10_000)
    .describe('After so long without a sign of life another replica fans a lane out, ms.'),
  UNCLAIMED_DUE_MS: wholeNumber(1_000, 86_400_000)
    .default(60_000)
    .describe('After so long a published file that nobody claimed and whose lane is empty is due, ms.'),
  OVERDUE_MS: wholeNumber(100, 86_400_000)
    .default(30_000)
    .describe('A file so long past its due time is published again, ms.'),
  REISSUE_DUE_MS: wholeNumber(1_000, 86_400_000)
    .default(300_000)
    .describe(
      'So long until a file that was published again may be once more, ms; its copy may only be waiting.',
    ),
});
export type OrchestratorConfig = z.output<typeof configSchema>;
