/** Whether one delivery rests. It rests at most once at a time and no longer than its handler runs. */
export class Seat {
  readonly #onChange: (by: 1 | -1) => void;
  #wake: (() => void) | undefined;
  #ended = false;

  /** @param onChange called with 1 when it begins to rest and with -1 when that is over */
  constructor(onChange: (by: 1 | -1) => void) {
    this.#onChange = onChange;
  }

  /** @returns what ends this rest; calling it again does nothing */
  readonly rest = (): (() => void) => {
    if (this.#ended) return () => undefined;
    if (this.#wake !== undefined) return this.#wake;
    const wake = (): void => {
      if (this.#wake !== wake) return;
      this.#wake = undefined;
      this.#onChange(-1);
    };
    this.#wake = wake;
    this.#onChange(1);
    return wake;
  };

  get resting(): boolean {
    return this.#wake !== undefined;
  }

  /** The handler ended. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}
