interface Gate {
  label: string;
  act: () => Promise<void>;
}

/**
 * One actor at work: an ordinary async function whose every step (a Redis command, a publish, an ack) waits at a gate
 * until the scheduler lets it through. Between two steps anything may happen to it: others go first, or it dies.
 */
export class Flow {
  private gates: Gate[] = [];
  private parked: (() => void) | undefined;
  private dead = false;
  ended = false;
  /** what its function threw */
  error: unknown;

  /** @param process the simulated process it runs in; dies with it */
  constructor(
    readonly name: string,
    readonly process: string,
  ) {}

  get alive(): boolean {
    return !this.ended && !this.dead;
  }
  /** What the scheduler would let it do next. */
  get next(): string {
    return this.gates.map(({ label }) => label).join(' + ');
  }

  /** Runs the function up to its first gate. */
  async start(body: () => Promise<void>): Promise<void> {
    const parked = this.untilParked();
    body()
      .catch((error: unknown) => {
        this.error = error;
      })
      .finally(() => {
        this.ended = true;
        this.parked?.();
      });
    await parked;
  }

  /** Called by the function: waits for its turn, then acts. */
  step<T>(label: string, act: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.gates.push({
        label,
        act: async () => {
          try {
            resolve(await act());
          } catch (error) {
            reject(error);
          }
        },
      });
      this.parked?.();
    });
  }

  /** Lets it through its gate, up to the next one. Steps that it takes together (Promise.all) go together. */
  async resume(): Promise<void> {
    const open = this.gates;
    this.gates = [];
    const parked = this.untilParked();
    await Promise.all(open.map(({ act }) => act()));
    await parked;
  }

  /** It never gets through another gate. */
  kill(): void {
    this.dead = true;
    this.gates = [];
  }

  private untilParked(): Promise<void> {
    return new Promise((resolve) => {
      this.parked = () => {
        this.parked = undefined;
        resolve();
      };
    });
  }
}
