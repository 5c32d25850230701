import { random } from '../random.js';
import { drawDurationMs, type Duration } from './durations.js';
import type { Job } from './job.js';
import { merged } from './merged.js';
import { UsageMeter, type SlotUsage } from './usage-meter.js';

export interface JobEvents {
  started(job: Job): void;
  /** Completed, well or not; not called for what was cancelled. */
  finished(job: Job): void;
}

export interface QueueSettings {
  concurrency: number;
  duration: Duration;
  cancelRunning: 'finishes' | 'stops';
}

export type CancelAnswer = 'CANCELLATION_REQUESTED' | 'ALREADY_COMPLETED';

const unbilledFaults = ['runner_error'];

/** The provider's own queue: first in, first out, `concurrency` jobs at a time. Keeps every accepted job: the ledger. */
export class JobQueue {
  private readonly jobs = new Map<string, Job>();
  private readonly waiting = new Map<string, Job>();
  private readonly running = new Map<string, { job: Job; timer: NodeJS.Timeout }>();
  private readonly draw: () => number;
  private readonly meter: UsageMeter;

  constructor(
    private settings: QueueSettings,
    seed: number,
    private readonly events: JobEvents,
  ) {
    this.draw = random(seed);
    this.meter = new UsageMeter(settings.concurrency);
  }

  /** A new concurrency holds at once, a new duration for jobs that start from now on. */
  change(next: { [K in keyof QueueSettings]?: QueueSettings[K] | undefined }): void {
    this.settings = merged(this.settings, next);
    this.fill();
  }

  accept(job: Job): void {
    this.jobs.set(job.requestId, job);
    this.waiting.set(job.requestId, job);
    this.meter.submitted();
    this.fill();
  }

  find(requestId: string): Job | null {
    return this.jobs.get(requestId) ?? null;
  }

  all(): IterableIterator<Job> {
    return this.jobs.values();
  }

  /** @returns how many jobs start before this one */
  position({ requestId }: Job): number {
    let ahead = 0;
    for (const id of this.waiting.keys()) {
      if (id === requestId) break;
      ahead += 1;
    }
    return ahead;
  }

  cancel(job: Job): CancelAnswer {
    if (job.state === 'completed' || job.state === 'cancelled') return 'ALREADY_COMPLETED';
    job.cancelled = true;
    if (job.state === 'queued') this.drop(job);
    else if (this.settings.cancelRunning === 'stops') this.end(job, 'cancelled');
    return 'CANCELLATION_REQUESTED';
  }

  /** Ends everything that runs, as if its time had come. What then starts runs its own time. */
  finishRunning(): void {
    for (const { job } of [...this.running.values()]) this.end(job, 'completed');
  }

  usage(): SlotUsage {
    return this.meter.usage();
  }

  close(): void {
    for (const { timer } of this.running.values()) clearTimeout(timer);
    this.waiting.clear();
    this.running.clear();
  }

  private fill(): void {
    for (const [requestId, job] of this.waiting) {
      if (this.running.size >= this.settings.concurrency) break;
      this.waiting.delete(requestId);
      this.start(job);
    }
    this.measure();
  }

  private start(job: Job): void {
    job.state = 'running';
    job.startedAt = Date.now();
    const timer = setTimeout(
      () => this.end(job, 'completed'),
      drawDurationMs(this.settings.duration, this.draw),
    );
    this.running.set(job.requestId, { job, timer });
    this.events.started(job);
  }

  private end(job: Job, state: 'completed' | 'cancelled'): void {
    clearTimeout(this.running.get(job.requestId)?.timer);
    this.running.delete(job.requestId);
    job.state = state;
    job.finishedAt = Date.now();
    if (job.fault !== null && unbilledFaults.includes(job.fault)) job.billed = false;
    this.fill();
    if (state === 'completed') this.events.finished(job);
  }

  private drop(job: Job): void {
    this.waiting.delete(job.requestId);
    job.state = 'cancelled';
    job.finishedAt = Date.now();
    job.billed = false;
    this.measure();
  }

  private measure(): void {
    const { concurrency } = this.settings;
    this.meter.change({ busy: this.running.size, queued: this.waiting.size, concurrency });
  }
}
