import type { Logger } from '@image2model/service-kit';
import type { Channel, ConsumeMessage } from 'amqplib';
import { within } from '../connection/back-off.js';
import { PrefetchPace } from './prefetch-pace.js';

const lookEveryMs = 25;

export interface BoosterOptions {
  queue: string;
  /** the prefetch of the consumer that is always there */
  usual: number;
  /** the most with the booster */
  most: number;
  /** Messages finished so far. */
  finished: () => number;
  /** How many may be in work at once from now on. */
  onLimit: (limit: number) => void;
  logger: Logger;
}

/**
 * A second consumer on the same channel that is there while messages are finished fast: a quorum queue's prefetch
 * cannot be changed in place. It looks only while messages come.
 */
export class Booster {
  readonly #options: BoosterOptions;
  #pace: PrefetchPace;
  #live: { channel: Channel; receive: (message: ConsumeMessage | null) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = { finished: 0, atMs: 0 };
  #tag: string | undefined;
  #changing: Promise<void> | undefined;

  constructor(options: BoosterOptions) {
    this.#options = options;
    this.#pace = new PrefetchPace(options.usual);
  }

  /** A new channel: the old one's consumers are gone. */
  attach(channel: Channel, receive: (message: ConsumeMessage | null) => void): void {
    this.stop();
    this.#live = { channel, receive };
    this.#pace = new PrefetchPace(this.#options.usual);
    this.#tag = undefined;
    this.#options.onLimit(this.#options.usual);
  }

  /** A message came. */
  delivered(): void {
    if (this.#timer !== undefined || this.#live === undefined) return;
    this.#last = { finished: this.#options.finished(), atMs: performance.now() };
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** Ends it; its consumer ends with the channel, or by `cancel`. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#live = undefined;
  }

  /** No deliveries from it any more. */
  async cancel(): Promise<void> {
    const live = this.#live;
    this.stop();
    const gone = async (): Promise<void> => {
      await this.#changing;
      if (live !== undefined && this.#tag !== undefined) await live.channel.cancel(this.#tag);
    };
    await within(2_000, 'cancelling a consumer', gone());
  }

  #look(): void {
    const finished = this.#options.finished();
    const now = performance.now();
    const news = finished - this.#last.finished;
    const boost = this.#pace.look(news, (now - this.#last.atMs) / 1_000);
    this.#last = { finished, atMs: now };
    if (boost !== (this.#tag !== undefined)) {
      this.#changing ??= this.#change(boost).finally(() => {
        this.#changing = undefined;
      });
    } else if (!boost && news === 0) {
      // the next delivery starts it again
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  async #change(boost: boolean): Promise<void> {
    const live = this.#live;
    if (live === undefined) return;
    const { queue, usual, most, onLimit, logger } = this.#options;
    try {
      if (boost) {
        await live.channel.prefetch(most - usual);
        onLimit(most);
        const { consumerTag } = await live.channel.consume(queue, live.receive);
        // cancelled in between: this consumer came too late
        if (this.#live === live) this.#tag = consumerTag;
        else await live.channel.cancel(consumerTag);
      } else if (this.#tag !== undefined) {
        await live.channel.cancel(this.#tag);
        this.#tag = undefined;
        if (this.#live !== live) return;
        onLimit(usual);
      }
    } catch (error) {
      // its channel is gone, and with it the consumer; the next channel begins anew
      logger.debug('the prefetch of a lost channel was not changed', { queue, error: String(error) });
    }
  }
}
