import { baseConfig, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';

/** The maintenance worker's environment. */
export const configSchema = z.object({
  ...baseConfig,
  HEALTH_CHECK_INTERVAL_S: wholeNumber(1, 86_400)
    .default(600)
    .describe('How often the health of the system is checked, s.'),
  DELETION_SWEEP_INTERVAL_S: wholeNumber(1, 3_600)
    .default(60)
    .describe('How often deleted batches are looked for whose data is not removed yet, s.'),
  HEALTH_GRACE_S: wholeNumber(0, 3_600)
    .default(60)
    .describe(
      'After its start the worker waits so long for the other services before it calls one missing, s.',
    ),
});
export type MaintenanceConfig = z.output<typeof configSchema>;
