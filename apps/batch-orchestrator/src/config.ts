import { baseConfig, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';

/** The orchestrator's environment. */
export const configSchema = z.object({
  ...baseConfig,
  RECONCILE_INTERVAL_MS: wholeNumber(100, 60_000)
    .default(5_000)
    .describe('How often running batches are looked after: outbox, overdue files, counters.'),
});
export type OrchestratorConfig = z.output<typeof configSchema>;
