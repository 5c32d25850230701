/** What is prefetched should last so long, s: a few turns to the broker and back. */
const aheadS = 0.1;
/** Looks without a delivery, or with far fewer than expected, after which the prefetch goes back. */
const quietLooks = 80;

interface Count {
  finished: number;
  atS: number;
}

/**
 * Whether a consumer should prefetch more than usual: only while more than the usual prefetch is finished within 0.1 s.
 * Slow work must wait in the queue, where any process can take it, not inside this one. Work that takes longer than
 * that never counts as fast, even when all of it ends at the same moment: each place ends at most once in the time.
 */
export class PrefetchPace {
  readonly #usual: number;
  /** The newest count that is older than 0.1 s, and those since. */
  #first: Count = { finished: 0, atS: 0 };
  #later: Count[] = [];
  #boosted = false;
  #quiet = 0;

  constructor(usual: number) {
    this.#usual = usual;
  }

  /** The count where looking begins, or begins again. */
  begin(finished: number, atS: number): void {
    this.#first = { finished, atS };
    this.#later = [];
  }

  /**
   * One look, at regular times.
   * @param finished messages so far @param atS now, s, on a clock that never goes back @returns whether to boost now
   */
  look(finished: number, atS: number): boolean {
    for (const count of this.#later.splice(0)) {
      if (count.atS <= atS - aheadS) this.#first = count;
      else this.#later.push(count);
    }
    this.#later.push({ finished, atS });
    const { finished: before, atS: sinceS } = this.#first;
    const ended = (finished - before) * Math.min(1, aheadS / (atS - sinceS));
    this.#quiet = ended < this.#usual / 2 ? this.#quiet + 1 : 0;
    if (ended > this.#usual) this.#boosted = true;
    else if (this.#quiet >= quietLooks) this.#boosted = false;
    return this.#boosted;
  }
}
