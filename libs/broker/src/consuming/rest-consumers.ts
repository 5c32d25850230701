import type { ChannelConsumers } from './channel-consumers.js';

/** Messages that one further consumer prefetches. */
const step = 16;
/** How long a consumer too many may stay when it is only one, ms: deliveries come and go. */
const lingerMs = 1_000;

/** What a channel is to hold. */
export interface Wanted {
  /** Messages of this channel in work or resting, and the free places beside them. */
  inHand: number;
  /** How many may be worked on. */
  limit: number;
}

/**
 * The further consumers of one channel that bring messages in the place of those that rest: as few as possible, because
 * what is prefetched beyond the free places waits here instead of in the queue, where any process could take it.
 */
export class RestConsumers {
  readonly #consumers: ChannelConsumers;
  readonly #tags = new Set<string>();
  #wanted: Wanted = { inHand: 0, limit: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(consumers: ChannelConsumers) {
    this.#consumers = consumers;
  }

  /** Never lets the broker leave more unacked than `inHand` was at most, and one step. */
  fit(wanted: Wanted): void {
    this.#wanted = wanted;
    while (wanted.inHand > this.#consumers.capacity) this.#tags.add(this.#consumers.add(step));
    // At once: the acks of what ended wait for it, or they would bring as many messages again.
    while (this.#spare >= 2 * step) this.#removeOne();
    if (this.#spare < step) this.stop();
    else this.#timer ??= setTimeout(() => this.#trim(), lingerMs).unref();
  }

  /** Changes nothing any more by itself. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #spare(): number {
    return this.#tags.size === 0 ? 0 : this.#consumers.awake - this.#wanted.limit;
  }

  #trim(): void {
    this.#timer = undefined;
    while (this.#spare >= step) this.#removeOne();
  }

  /** The one with the fewest resting gives back most. */
  #removeOne(): void {
    const byResting = [...this.#tags].sort((a, b) => this.#consumers.resting(a) - this.#consumers.resting(b));
    const [tag] = byResting;
    if (tag === undefined) return;
    this.#tags.delete(tag);
    this.#consumers.remove(tag);
  }
}
