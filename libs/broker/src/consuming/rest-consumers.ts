import type { ChannelConsumers } from './channel-consumers.js';

/** So many further consumers come and go together; each prefetches one message. */
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
 * Only one that holds nothing is cancelled. A quorum queue never gives back what a cancelled consumer holds when the node
 * of its channel dies (ADR 0026), so each of them holds one message only, and is empty when that ends.
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
    while (wanted.inHand > this.#consumers.capacity)
      for (let more = 0; more < step; more++) this.#tags.add(this.#consumers.add(1));
    // At once: the acks of what ended wait for it, or they would bring as many messages again.
    if (this.#spare >= 2 * step) this.#removeDownTo(2 * step);
    if (this.#spare < this.#enough) this.stop();
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
    this.#removeDownTo(this.#enough);
  }

  /** So many to spare are one too many: fewer come and go too often while some rest. */
  get #enough(): number {
    return this.#consumers.resting === 0 ? 1 : step;
  }

  /** Until fewer are to spare than that, or all that is left holds messages: their ends come back here. */
  #removeDownTo(spare: number): void {
    let tooMany = this.#spare - spare + 1;
    for (const tag of this.#tags) {
      if (tooMany <= 0) return;
      if (this.#consumers.holds(tag) > 0) continue;
      this.#tags.delete(tag);
      this.#consumers.remove(tag);
      tooMany--;
    }
  }
}
