import type { ChannelConsumers } from './channel-consumers.js';
import { PrefetchPace } from './prefetch-pace.js';

const lookEveryMs = 25;

export interface BoosterOptions {
  /** the prefetch of the consumer that is always there */
  usual: number;
  /** the most with the booster */
  most: number;
  /** Messages finished so far. */
  finished: () => number;
  /** How many may be in work at once from now on. */
  onLimit: (limit: number) => void;
}

/**
 * A second consumer on the same channel that is there while messages are finished fast: a quorum queue's prefetch
 * cannot be changed in place. It looks only while messages come.
 */
export class Booster {
  readonly #options: BoosterOptions;
  #pace: PrefetchPace;
  #live: ChannelConsumers | undefined;
  #timer: NodeJS.Timeout | undefined;
  #finished = 0;
  #tag: string | undefined;

  constructor(options: BoosterOptions) {
    this.#options = options;
    this.#pace = new PrefetchPace(options.usual);
  }

  /** A new channel: the old one's consumers are gone. */
  attach(consumers: ChannelConsumers): void {
    this.stop();
    this.#live = consumers;
    this.#pace = new PrefetchPace(this.#options.usual);
    this.#tag = undefined;
    this.#options.onLimit(this.#options.usual);
  }

  /** A message came. */
  delivered(): void {
    if (this.#timer !== undefined || this.#live === undefined) return;
    this.#finished = this.#options.finished();
    this.#pace.begin(this.#finished, performance.now() / 1_000);
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** Ends it; its consumer ends with the channel, or when all of them are cancelled. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#live = undefined;
  }

  #look(): void {
    const finished = this.#options.finished();
    const news = finished - this.#finished;
    const boost = this.#pace.look(finished, performance.now() / 1_000);
    this.#finished = finished;
    if (boost !== (this.#tag !== undefined)) {
      this.#change(boost);
    } else if (!boost && news === 0) {
      // the next delivery starts it again
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #change(boost: boolean): void {
    const { usual, most, onLimit } = this.#options;
    if (boost) {
      this.#tag = this.#live?.add(most - usual);
      onLimit(most);
    } else if (this.#tag !== undefined) {
      onLimit(usual);
      this.#live?.remove(this.#tag);
      this.#tag = undefined;
    }
  }
}
