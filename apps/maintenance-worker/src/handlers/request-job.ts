import type { Broker } from '@image2model/broker';
import { maintenanceRun, type MaintenanceJob } from '@image2model/contracts';
import type { Logger } from '@image2model/service-kit';
import type { Schedule, Tick } from '../domain/schedule.js';
import type { RunOutcome } from './run-maintenance.js';

export interface RequestJobDeps {
  broker: Pick<Broker, 'publish'>;
  run: (job: MaintenanceJob, tick: string) => Promise<RunOutcome>;
  logger: Logger;
}

/** Asks for the job of a tick by a message; with RabbitMQ away the job runs here, for that is what it has to report. */
export const requestJob =
  ({ broker, run, logger }: RequestJobDeps) =>
  async ({ id, job, n }: Tick, { priority }: Schedule): Promise<void> => {
    try {
      await broker.publish(maintenanceRun, { id, payload: { job, tick: n } }, { priority });
    } catch (error) {
      logger.warn('RabbitMQ takes no messages; the job runs without one', { tick: id, error });
      await run(job, id);
    }
  };
