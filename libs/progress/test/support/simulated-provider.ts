/** Virtual time: what is due is done in its order, each step to its end. */
export class Timeline {
  private readonly due: { atMs: number; order: number; act: () => void | Promise<void> }[] = [];
  private count = 0;
  /** a morning, not 0: the scripts read 0 as "never" */
  nowMs = 1_760_000_000_000;

  in(ms: number, act: () => void | Promise<void>): void {
    this.due.push({ atMs: this.nowMs + ms, order: (this.count += 1), act });
  }

  async run(forMs: number): Promise<void> {
    const endMs = this.nowMs + forMs;
    for (;;) {
      const next = this.due.reduce<(typeof this.due)[number] | undefined>(
        (first, it) =>
          first === undefined || it.atMs < first.atMs || (it.atMs === first.atMs && it.order < first.order)
            ? it
            : first,
        undefined,
      );
      if (next === undefined || next.atMs > endMs) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.nowMs = next.atMs;
      await next.act();
    }
    this.nowMs = endMs;
  }
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type JobState = 'queued' | 'running' | 'completed';

/** An account that runs `places` jobs at the same time and lets the others wait, first come first served. */
export class SimulatedProvider {
  private readonly queue: { state: JobState }[] = [];
  private running = 0;
  private busyMs = 0;
  private sinceMs: number;
  private fromMs: number;
  /** the most that were accepted and unfinished at the same time */
  mostInFlight = 0;
  mostRunning = 0;

  constructor(
    private readonly time: Timeline,
    private places: number,
    private readonly jobMs: () => number,
    /** from a job's place to the first sight of it running */
    private readonly wakeMs = 0,
  ) {
    this.sinceMs = this.fromMs = time.nowMs;
  }

  submit(): { state: JobState } {
    const job: { state: JobState } = { state: 'queued' };
    this.queue.push(job);
    this.start();
    this.mostInFlight = Math.max(this.mostInFlight, this.running + this.queue.length);
    return job;
  }

  /** The account gets more or fewer places. */
  resize(places: number): void {
    this.measure();
    this.places = places;
    this.start();
  }

  /** Share of the places that were busy since the last call. */
  busyShare(): number {
    this.measure();
    const share = this.busyMs / ((this.time.nowMs - this.fromMs) * this.places);
    this.busyMs = 0;
    this.fromMs = this.time.nowMs;
    return share;
  }

  private measure(): void {
    this.busyMs += this.running * (this.time.nowMs - this.sinceMs);
    this.sinceMs = this.time.nowMs;
  }

  private start(): void {
    while (this.running < this.places) {
      const job = this.queue.shift();
      if (job === undefined) return;
      this.measure();
      if (this.wakeMs === 0) job.state = 'running';
      else
        this.time.in(this.wakeMs, () => {
          job.state = 'running';
        });
      this.running += 1;
      this.mostRunning = Math.max(this.mostRunning, this.running);
      this.time.in(this.wakeMs + this.jobMs(), () => {
        this.measure();
        job.state = 'completed';
        this.running -= 1;
        this.start();
      });
    }
  }
}
