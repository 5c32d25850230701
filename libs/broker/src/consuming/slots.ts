export interface SlotsOptions {
  /** The most jobs at once, beside those that rest. */
  limit: number;
  /** How many may rest; further ones that would like to count as working. */
  restMost?: number | undefined;
  /** After a job ended, or rests, or works again. */
  onChange?: () => void;
}

/** Runs at most `limit` jobs at once beside those that rest; the others wait in their order. */
export class Slots {
  readonly #restMost: number;
  readonly #onChange: () => void;
  #limit: number;
  #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  /** Jobs that would rest if they may. */
  #idle = 0;
  #finished = 0;
  #closed = false;
  #beginning = false;
  #whenIdle: (() => void)[] = [];

  constructor({ limit, restMost = 0, onChange = () => undefined }: SlotsOptions) {
    this.#limit = limit;
    this.#restMost = restMost;
    this.#onChange = onChange;
  }

  /** Jobs that are begun, resting ones too. */
  get running(): number {
    return this.#running;
  }

  /** Jobs that ended so far. */
  get finished(): number {
    return this.#finished;
  }

  get limit(): number {
    return this.#limit;
  }

  /** A lower limit lets what runs finish. */
  set limit(limit: number) {
    this.#limit = limit;
    this.#next();
  }

  /** How many could begin now. */
  get free(): number {
    return Math.max(0, this.#limit - (this.#running - Math.min(this.#idle, this.#restMost)));
  }

  /** @param job must not reject */
  take(job: () => Promise<void>): void {
    if (this.#closed) return;
    this.#waiting.push(job);
    this.#next();
  }

  /** One running job begins to rest (1) or ends it (-1). */
  rested(by: 1 | -1): void {
    this.#idle += by;
    this.#next();
    this.#onChange();
  }

  /** Those of the running ones that rest. */
  get resting(): number {
    return Math.min(this.#idle, this.#restMost);
  }

  /** Takes away the jobs that are not begun. */
  takeBack(): (() => Promise<void>)[] {
    return this.#waiting.splice(0);
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
    this.#onChange();
    if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #next(): void {
    // A job that rests before its first turn ends would begin the next one inside itself, and so on.
    if (this.#beginning) return;
    this.#beginning = true;
    while (this.free > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      void this.#run(next);
    }
    this.#beginning = false;
  }
}
