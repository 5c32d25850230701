import type { MaintenanceJob } from '@image2model/contracts';
import { Cron } from 'croner';
import type { Timing } from './timing.js';

/** One row of the timetable. */
export interface Schedule {
  job: MaintenanceJob;
  timing: Timing;
  /** 0–10, of the message that asks for it */
  priority: number;
  /** Extra runs so many seconds after a start. */
  afterStartS: readonly number[];
}

/** One occasion on which a job is due; the same one for everybody who looks within its period. */
export interface Tick {
  /** `tick:<job>:<n>`; elects, and deduplicates what follows */
  id: string;
  job: MaintenanceJob;
  n: number;
  periodMs: number;
}

/** Replicas that start together within so long share one run. */
const startSlotMs = 30_000;

/** The latest regular tick at a time, if it has any. Those that were missed before it are gone: there is one catch-up at most. */
export function tickAt({ job, timing }: Schedule, nowMs: number): Tick | undefined {
  if (timing === 'on-demand') return undefined;
  if ('everyS' in timing) {
    const periodMs = timing.everyS * 1_000;
    const n = Math.floor(nowMs / periodMs);
    return { id: `tick:${job}:${n}`, job, n, periodMs };
  }
  const cron = new Cron(timing.cron, { paused: true, timezone: 'UTC' });
  const [last] = cron.previousRuns(1, new Date(nowMs + 1));
  const next = cron.nextRun(new Date(nowMs));
  const lastMs = last?.getTime() ?? 0;
  const n = Math.floor(lastMs / 1_000);
  return { id: `tick:${job}:${n}`, job, n, periodMs: (next?.getTime() ?? nowMs) - lastMs };
}

/** The extra runs of a start that are due by now. */
export function startTicksAt({ job, afterStartS }: Schedule, startedAtMs: number, nowMs: number): Tick[] {
  return afterStartS
    .filter((offsetS) => startedAtMs + offsetS * 1_000 <= nowMs)
    .map((offsetS) => {
      const n = Math.floor(startedAtMs / startSlotMs);
      return { id: `tick:${job}:start-${n}-${offsetS}`, job, n, periodMs: startSlotMs };
    });
}
