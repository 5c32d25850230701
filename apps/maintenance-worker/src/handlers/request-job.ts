import type { Broker } from '@image2model/broker';
import { Failure, maintenanceRun, type MaintenanceJob } from '@image2model/contracts';
import type { Logger } from '@image2model/service-kit';
import type { Schedule, Tick } from '../domain/schedule.js';
import type { RunJob } from './run-maintenance.js';

export interface RequestJobDeps {
  broker: Pick<Broker, 'publish' | 'state'>;
  run: RunJob;
  /** of the process */
  signal: AbortSignal;
  logger: Logger;
}

/** Asks for the job of a tick by a message; with RabbitMQ away the job runs here, for that is what it has to report. */
export const requestJob =
  ({ broker, run, signal, logger }: RequestJobDeps) =>
  async ({ id, job, n }: Tick, { priority }: Schedule): Promise<void> => {
    try {
      if (!broker.state.connected) throw new Failure('dependency', 'RabbitMQ is not connected');
      await broker.publish(maintenanceRun, { id, payload: { job, tick: n } }, { priority });
    } catch (error) {
      logger.warn('RabbitMQ takes no messages; the job runs without one', { tick: id, error });
      await run(job, { id, signal });
    }
  };

/** Asks for the next slice of a job; one that cannot be asked for is left to the next tick. */
export const requestMore =
  ({
    broker,
    logger,
    schedules,
  }: Omit<RequestJobDeps, 'run' | 'signal'> & { schedules: readonly Schedule[] }) =>
  async (job: MaintenanceJob, id: string): Promise<void> => {
    const priority = schedules.find((schedule) => schedule.job === job)?.priority ?? 0;
    await broker
      .publish(maintenanceRun, { id, payload: { job, tick: 0 } }, { priority })
      .catch((error: unknown) => logger.warn('a job does not go on before its next tick', { job, error }));
  };
