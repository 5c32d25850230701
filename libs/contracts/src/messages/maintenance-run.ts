import { z } from 'zod';
import { defineMessage } from '../envelope.js';

export const maintenanceJobs = [
  'health-check',
  'clean-up',
  'emergency-clean-up',
  'finish-deletions',
] as const;
export type MaintenanceJob = (typeof maintenanceJobs)[number];

/** One scheduled piece of upkeep. The id is the tick (`tick:<job>:<n>`), so one tick runs once. */
export const maintenanceRun = defineMessage({
  type: 'maintenance.run',
  version: 1,
  kind: 'task',
  summary: 'Run one maintenance job.',
  payload: z.strictObject({ job: z.enum(maintenanceJobs), tick: z.int().nonnegative() }),
});
