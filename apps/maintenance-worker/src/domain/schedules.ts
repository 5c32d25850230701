import { priorities } from '@image2model/contracts';
import type { Schedule } from './schedule.js';
import { describeTiming, nextRunAt, parseTiming, timingForms, type Timing } from './timing.js';

interface ScheduleConfig {
  HEALTH_CHECK_INTERVAL_S: number;
  HEALTH_CHECK_SCHEDULE?: string | undefined;
  HEALTH_GRACE_S: number;
  DELETION_SWEEP_INTERVAL_S: number;
  DELETION_SWEEP_SCHEDULE?: string | undefined;
  CLEAN_UP_SCHEDULE: string;
  EMERGENCY_CLEAN_UP_SCHEDULE: string;
}

/** The timetable of the system. */
export const schedulesOf = (config: ScheduleConfig): readonly Schedule[] => [
  {
    job: 'health-check',
    timing: timingOf(config.HEALTH_CHECK_SCHEDULE, { everyS: config.HEALTH_CHECK_INTERVAL_S }),
    priority: priorities.healthCheck,
    // at once, and again when a service that did not come counts as missing
    afterStartS: [0, config.HEALTH_GRACE_S + 1],
  },
  {
    job: 'clean-up',
    timing: timingOf(config.CLEAN_UP_SCHEDULE),
    priority: priorities.cleanUp,
    afterStartS: [],
  },
  {
    job: 'emergency-clean-up',
    timing: timingOf(config.EMERGENCY_CLEAN_UP_SCHEDULE),
    priority: priorities.emergency,
    afterStartS: [],
  },
  {
    job: 'finish-deletions',
    timing: timingOf(config.DELETION_SWEEP_SCHEDULE, { everyS: config.DELETION_SWEEP_INTERVAL_S }),
    priority: priorities.cleanUp,
    afterStartS: [],
  },
];

/** @throws Error for what the configuration would have refused */
function timingOf(text: string | undefined, otherwise: Timing = 'on-demand'): Timing {
  if (text === undefined) return otherwise;
  const timing = parseTiming(text);
  if (timing === undefined) throw new Error(`${timingForms}, not ${text}`);
  return timing;
}

/** The timetable for people, at a time. */
export const rowsAt = (
  schedules: readonly Schedule[],
  nowMs: number,
): { job: Schedule['job']; when: string; priority: number; nextRunMs: number | null }[] =>
  schedules.map(({ job, timing, priority }) => ({
    ...{ job, priority },
    when: describeTiming(timing),
    nextRunMs: nextRunAt(timing, nowMs),
  }));
