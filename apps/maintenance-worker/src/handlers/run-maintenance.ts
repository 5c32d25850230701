import { defineHandler, type Handler } from '@image2model/broker';
import { Failure, maintenanceRun, queues, type MaintenanceJob } from '@image2model/contracts';
import type { Fleet, Schedules } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';

/** One run of a job. */
export interface JobRun {
  /** the tick, or what somebody called it who asked by hand */
  id: string;
  /** aborted when the process is to stop */
  signal: AbortSignal;
}
export interface JobResult {
  /** for people: what it did */
  detail: string;
  /** its time was over before its work: it goes on with a run of its own, at once */
  more?: boolean;
}
/** `elsewhere`: another process is at it. */
export type Job = (run: JobRun) => Promise<JobResult | 'elsewhere'>;
export type Jobs = Readonly<Record<MaintenanceJob, Job>>;

/** Longer than any job takes. */
const underWayMs = 60_000;
/** One of each job, so that a long one never keeps the health check waiting. */
const atOnce = 4;

export interface RunJobDeps {
  fleet: Pick<Fleet, 'claimEffect' | 'effectDone' | 'releaseEffect'>;
  schedules: Pick<Schedules, 'noteRun'>;
  jobs: Jobs;
  /** Asks for a further run. */
  goOn: (job: MaintenanceJob, id: string) => Promise<void>;
  instance: string;
  logger: Logger;
}

export type RunOutcome = 'ran' | 'known';
export type RunJob = (job: MaintenanceJob, run: JobRun) => Promise<RunOutcome>;

/** Runs the job of a tick once, however many messages ask for it; with Redis away it rather runs twice than not at all. */
export function createJobRunner(deps: RunJobDeps): RunJob {
  const { fleet, logger } = deps;
  return async (job, run) => {
    const { id: tick } = run;
    const mine = await fleet.claimEffect(tick, underWayMs).catch((error: unknown) => {
      logger.warn('Redis does not answer; the job runs without looking whether it ran', { tick, error });
      return true;
    });
    if (!mine) return 'known';
    try {
      const result = await noted(deps, job, run);
      if (result !== 'elsewhere' && result.more === true) await deps.goOn(job, nextSlice(tick));
    } catch (error) {
      await fleet.releaseEffect(tick).catch(() => undefined); // it ends by itself after underWayMs
      throw error;
    }
    await fleet
      .effectDone(tick)
      .catch((error: unknown) => logger.warn('could not note that the job ran', { tick, error }));
    return 'ran';
  };
}

/** Runs it and notes what came of it, for whoever looks at the timetable. */
async function noted(deps: RunJobDeps, job: MaintenanceJob, run: JobRun): Promise<JobResult | 'elsewhere'> {
  const atMs = Date.now();
  const note = async (outcome: 'done' | 'failed', detail: string): Promise<void> => {
    const row = { atMs, tookMs: Date.now() - atMs, outcome, detail, by: deps.instance };
    await deps.schedules
      .noteRun(job, row)
      .catch((error: unknown) => deps.logger.warn('could not note the run of a job', { job, error }));
  };
  try {
    const result = await deps.jobs[job](run);
    if (result !== 'elsewhere') await note('done', result.detail);
    return result;
  } catch (error) {
    if (!run.signal.aborted) await note('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** `tick:clean-up:5` goes on as `tick:clean-up:5+1`, that as `…+2`. */
function nextSlice(id: string): string {
  const [, name = id, count = '0'] = /^(.*)\+(\d+)$/.exec(id) ?? [];
  return `${name}+${Number(count) + 1}`;
}

/** A tick in, its job done. One that a dying process left half done comes back after the claim is over. */
export const runMaintenance = (run: RunJob): Handler =>
  defineHandler({
    consumes: maintenanceRun,
    queue: queues.maintenanceRun,
    prefetch: atOnce,
    emits: [],
    timeoutMs: underWayMs,
    async handle({ id, payload: { job } }, { redelivered, logger, signal }) {
      const outcome = await run(job, { id, signal });
      if (outcome === 'known' && redelivered)
        throw new Failure('dependency', 'the job of this tick may be under way', {
          retryAfterMs: underWayMs,
        });
      logger.debug('maintenance', { job, tick: id, outcome });
    },
  });
