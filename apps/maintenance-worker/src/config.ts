import { services } from '@image2model/contracts';
import { baseConfig, wholeNumber } from '@image2model/service-kit';
import { z } from 'zod';
import { parseTiming, timingForms } from './domain/timing.js';

const serviceNames = z
  .string()
  .transform((text) => text.split(',').flatMap((name) => name.trim() || []))
  .pipe(z.array(z.enum(services, { error: `expected a comma list of ${services.join(', ')}` })));

const schedule = z.string().refine((text) => parseTiming(text) !== undefined, timingForms);

/** The maintenance worker's environment. */
export const configSchema = z.object({
  ...baseConfig,
  HEALTH_CHECK_INTERVAL_S: wholeNumber(1, 86_400)
    .default(600)
    .describe('How often the health of the system is checked, s.'),
  DELETION_SWEEP_INTERVAL_S: wholeNumber(1, 3_600)
    .default(60)
    .describe('How often deleted batches are looked for whose data is not removed yet, s.'),
  HEALTH_CHECK_SCHEDULE: schedule
    .optional()
    .describe(
      'Cron expression (UTC), time between two checks (10m) or off; instead of HEALTH_CHECK_INTERVAL_S.',
    ),
  DELETION_SWEEP_SCHEDULE: schedule
    .optional()
    .describe(
      'Cron expression (UTC), time between two sweeps (60s) or off; instead of DELETION_SWEEP_INTERVAL_S.',
    ),
  CLEAN_UP_SCHEDULE: schedule
    .default('1h')
    .describe(
      'When ended batches past their retention are removed: time between two runs (1h), cron expression (UTC) or off.',
    ),
  EMERGENCY_CLEAN_UP_SCHEDULE: schedule
    .default('off')
    .describe(
      'The same for the emergency clean-up, which the health check asks for by itself when the disk is critical.',
    ),
  CLEAN_UP_TARGET_PERCENT: wholeNumber(0, 100)
    .default(85)
    .describe('The emergency clean-up frees ended batches, oldest first, until the disk is this full, %.'),
  TRASH_DAYS: wholeNumber(0, 365)
    .default(7)
    .describe('How long the trash keeps stored batches that Redis does not know, days.'),
  OPS_RECORDS_DAYS: wholeNumber(1, 3_650)
    .default(30)
    .describe('How long dead letters and the events of the ops feed are kept, days.'),
  BACKLOG_WARNING_S: wholeNumber(0, 2_592_000)
    .default(3_600)
    .describe(
      'A batch that waits longer for its next file makes the system degraded, s; 0: waiting is no trouble.',
    ),
  HEALTH_GRACE_S: wholeNumber(0, 3_600)
    .default(60)
    .describe(
      'After its start the worker waits so long for the other services before it calls one missing, s.',
    ),
  SLEEPING_SERVICES: serviceNames
    .prefault('')
    .describe(
      'Comma list of services that an autoscaler may end while no message waits for them: without a process they are not called missing.',
    ),
});
export type MaintenanceConfig = z.output<typeof configSchema>;
