import type { ProcessLoad, QueueWork, WorkReport } from '@image2model/service-kit';
import type { QueueLoad, WorkerReport, WorkerState } from './worker-report.js';

/** Rates are over so much of the past. */
const rateOverMs = 30_000;

interface Sample {
  atMs: number;
  handled: ReadonlyMap<string, number>;
}

export interface ReportParts {
  state: WorkerState;
  logLevel: WorkerReport['logLevel'];
  work: WorkReport;
  /** what was handled beside the queues, by `<task>:<outcome>` */
  more: Readonly<Record<string, number>>;
  load: ProcessLoad;
  clockSkewMs: number;
}

/** Makes the report of each heartbeat; remembers the last half minute for the rates. */
export class ReportBuilder {
  private samples: Sample[] = [];

  /** @param atMs by any clock that only goes forward */
  build({ work, more, load, ...rest }: ReportParts, atMs: number): WorkerReport {
    const { queues } = work;
    const oldest = this.sample(queues, atMs);
    return {
      ...rest,
      ...load,
      active: [...work.active],
      activeCount: queues.reduce((sum, { active }) => sum + active, 0),
      reservedCount: queues.reduce((sum, { unacked, active }) => sum + Math.max(0, unacked - active), 0),
      queues: queues.map((queue) => loadOf(queue, oldest, atMs)),
      handled: { ...work.handled, ...more },
    };
  }

  /** @returns the oldest sample of the last half minute, this one if there is no other */
  private sample(queues: readonly QueueWork[], atMs: number): Sample {
    const now = { atMs, handled: new Map(queues.map(({ queue, handled }) => [queue, handled])) };
    this.samples = [...this.samples.filter((sample) => atMs - sample.atMs <= rateOverMs), now];
    return this.samples[0] ?? now;
  }
}

function loadOf(
  { queue, prefetch, unacked, active, resting, paused, handled, oldestUnackedMs }: QueueWork,
  since: Sample,
  atMs: number,
): QueueLoad {
  const spanS = (atMs - since.atMs) / 1_000;
  const more = handled - (since.handled.get(queue) ?? 0);
  const handledPerSecond = spanS > 0 ? Math.round((more / spanS) * 100) / 100 : 0;
  return { queue, prefetch, unacked, active, resting, paused, handledPerSecond, oldestUnackedMs };
}
