/** What is prefetched should last so long, s: a few turns to the broker and back. */
const aheadS = 0.1;
/** Looks without a delivery, or with far fewer than expected, after which the prefetch goes back. */
const quietLooks = 80;

/**
 * Whether a consumer should prefetch more than usual: only while messages are finished so fast that the usual prefetch
 * would last less than 0.1 s. Slow work must wait in the queue, where any process can take it, not inside this one.
 */
export class PrefetchPace {
  readonly #usual: number;
  #boosted = false;
  #quiet = 0;

  constructor(usual: number) {
    this.#usual = usual;
  }

  get boosted(): boolean {
    return this.#boosted;
  }

  /**
   * One look, at regular times.
   * @param finished messages since the last look @param seconds since the last look @returns whether to boost now
   */
  look(finished: number, seconds: number): boolean {
    const wanted = (finished / seconds) * aheadS;
    this.#quiet = wanted < this.#usual / 2 ? this.#quiet + 1 : 0;
    if (wanted > this.#usual) this.#boosted = true;
    else if (this.#quiet >= quietLooks) this.#boosted = false;
    return this.#boosted;
  }
}
