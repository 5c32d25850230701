import type { Fleet } from '@image2model/progress';
import type { Job, JobResult, JobRun } from './run-maintenance.js';

/** Longer than a run with its time slice takes; one that takes longer all the same meets others, which is safe. */
const leaseMs = 60_000;

/** One process at a time does it; the others leave it to that one. */
export const oneAtATime =
  (
    { fleet, instance }: { fleet: Pick<Fleet, 'holdLease' | 'dropLease'>; instance: string },
    name: string,
    act: (run: JobRun) => Promise<JobResult>,
  ): Job =>
  async (run) => {
    // by its run: two messages that reach the same process are two as well
    const holder = `${instance}/${run.id}`;
    if (!(await fleet.holdLease(name, holder, leaseMs))) return 'elsewhere';
    try {
      return await act(run);
    } finally {
      await fleet.dropLease(name, holder).catch(() => undefined); // it ends by itself
    }
  };
