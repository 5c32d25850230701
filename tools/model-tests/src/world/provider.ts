/** How a run with a paid provider goes. */
export interface Paying {
  /** files it may pay for before its budget is raised; null: no budget */
  budget: number | null;
  /** a file whose submit was never answered is submitted once more; else it fails */
  resubmits: boolean;
}

/** How a generation ends. */
export type Ending = 'ok' | 'billed failure' | 'unbilled failure';

/** A paid job that the provider accepted. */
export interface Job {
  requestId: string;
  /** what a webhook and the listing tell of it */
  intent: string;
  idx: number;
  ending: Ending;
  readyAtMs: number;
}

/** Accepts every submit that reaches it: only its callers can see to it that nothing is paid twice. */
export class SimulatedProvider {
  readonly jobs: Job[] = [];

  accept(intent: string, idx: number, ending: Ending, readyAtMs: number): Job {
    const job = { requestId: `r${this.jobs.length + 1}`, intent, idx, ending, readyAtMs };
    this.jobs.push(job);
    return job;
  }

  /** What the listing finds: the URL of the image is its intent's own. */
  jobOf(intent: string): Job | undefined {
    return this.jobs.find((job) => job.intent === intent);
  }

  /** The ending of a job that is over. */
  poll(requestId: string, nowMs: number): Ending | 'running' {
    const job = this.jobs.find((one) => one.requestId === requestId);
    if (job === undefined) throw new Error(`the provider knows no request ${requestId}`);
    return job.readyAtMs <= nowMs ? job.ending : 'running';
  }

  /** A job that is not over is not billed; one that is over stays as it is. */
  cancel(requestId: string, nowMs: number): void {
    const job = this.jobs.find((one) => one.requestId === requestId);
    if (job === undefined || job.readyAtMs <= nowMs) return;
    job.ending = 'unbilled failure';
    job.readyAtMs = nowMs;
  }
}
