import type { ScheduleView } from '@image2model/contracts';
import type { Progress, Scheduled } from '@image2model/progress';
import { isoTime, isoTimeOrNull } from '../domain/batch-view.js';
import { defineRoute, type Route } from '../domain/route.js';

/** The timetable of the maintenance workers, with the last run of each job. */
export const listSchedules = ({ schedules }: { schedules: Pick<Progress['schedules'], 'list'> }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/schedules',
    async handle() {
      return { status: 200, json: { data: (await schedules.list()).map(view), next_cursor: null } };
    },
  });

function view({ job, when, nextRunMs, lastRun }: Scheduled): ScheduleView {
  return {
    job,
    when,
    next_run: isoTimeOrNull(nextRunMs),
    last_run:
      lastRun === null
        ? null
        : {
            at: isoTime(lastRun.atMs),
            took_ms: Math.max(0, Math.round(lastRun.tookMs)),
            outcome: lastRun.outcome,
            detail: lastRun.detail,
            by: lastRun.by,
          },
  };
}
