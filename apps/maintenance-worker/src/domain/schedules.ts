import { priorities } from '@image2model/contracts';
import type { Schedule } from './schedule.js';

/** The timetable of the system. */
export const schedulesOf = (config: {
  HEALTH_CHECK_INTERVAL_S: number;
  HEALTH_GRACE_S: number;
  DELETION_SWEEP_INTERVAL_S: number;
}): readonly Schedule[] => [
  {
    job: 'health-check',
    timing: { everyS: config.HEALTH_CHECK_INTERVAL_S },
    priority: priorities.healthCheck,
    // at once, and again when a service that did not come counts as missing
    afterStartS: [0, config.HEALTH_GRACE_S + 1],
  },
  {
    job: 'finish-deletions',
    timing: { everyS: config.DELETION_SWEEP_INTERVAL_S },
    priority: priorities.cleanUp,
    afterStartS: [],
  },
];
