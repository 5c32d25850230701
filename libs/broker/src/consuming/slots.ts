/** Runs at most `limit` jobs at once; the others wait in their order. */
export class Slots {
  #limit: number;
  #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #finished = 0;
  #closed = false;
  #whenIdle: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  /** Jobs that ended so far. */
  get finished(): number {
    return this.#finished;
  }

  /** A lower limit lets what runs finish. */
  set limit(limit: number) {
    this.#limit = limit;
    this.#next();
  }

  /** @param job must not reject */
  take(job: () => Promise<void>): void {
    if (this.#closed) return;
    if (this.#running < this.#limit) void this.#run(job);
    else this.#waiting.push(job);
  }

  /** Begins no further job and forgets those that wait. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  /** Resolves when no job runs. */
  async idle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #run(job: () => Promise<void>): Promise<void> {
    this.#running++;
    await job();
    this.#running--;
    this.#finished++;
    this.#next();
    if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #next(): void {
    while (this.#running < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      void this.#run(next);
    }
  }
}
