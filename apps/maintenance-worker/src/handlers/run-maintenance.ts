import { defineHandler, type Handler } from '@image2model/broker';
import { Failure, maintenanceRun, queues, type MaintenanceJob } from '@image2model/contracts';
import type { Fleet } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';

/** What each job does; it gets the tick's id. */
export type Jobs = Readonly<Record<MaintenanceJob, (tick: string) => Promise<unknown>>>;

/** Longer than any job takes. */
const underWayMs = 60_000;

export interface RunJobDeps {
  fleet: Pick<Fleet, 'claimEffect' | 'effectDone' | 'releaseEffect'>;
  jobs: Jobs;
  logger: Logger;
}

export type RunOutcome = 'ran' | 'known';

/** Runs the job of a tick once, however many messages ask for it; with Redis away it rather runs twice than not at all. */
export function createJobRunner({ fleet, jobs, logger }: RunJobDeps) {
  return async (job: MaintenanceJob, tick: string): Promise<RunOutcome> => {
    const mine = await fleet.claimEffect(tick, underWayMs).catch((error: unknown) => {
      logger.warn('Redis does not answer; the job runs without looking whether it ran', { tick, error });
      return true;
    });
    if (!mine) return 'known';
    try {
      await jobs[job](tick);
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

/** A tick in, its job done. One that a dying process left half done comes back after the claim is over. */
export const runMaintenance = (run: (job: MaintenanceJob, tick: string) => Promise<RunOutcome>): Handler =>
  defineHandler({
    consumes: maintenanceRun,
    queue: queues.maintenanceRun,
    prefetch: 2,
    emits: [],
    timeoutMs: underWayMs,
    async handle({ id, payload: { job } }, { redelivered, logger }) {
      const outcome = await run(job, id);
      if (outcome === 'known' && redelivered)
        throw new Failure('dependency', 'the job of this tick may be under way', {
          retryAfterMs: underWayMs,
        });
      logger.debug('maintenance', { job, tick: id, outcome });
    },
  });
