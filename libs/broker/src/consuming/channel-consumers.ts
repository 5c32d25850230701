import type { Logger } from '@image2model/service-kit';
import type { Channel, ConsumeMessage } from 'amqplib';
import { within } from '../connection/back-off.js';

/** What one consumer was given. */
interface Share {
  /** 0 when it was cancelled: what it was given stays unacked on the channel. */
  prefetch: number;
  unacked: number;
  resting: number;
}

/** A cancel takes a turn of the queue's leader, ms; many of them take longer. */
const cancelMs = 2_000;
const eachCancelMs = 20;

export interface ChannelConsumersOptions {
  channel: Channel;
  queue: string;
  receive: (message: ConsumeMessage | null) => void;
  logger: Logger;
}

/**
 * The consumers of one queue on one channel. A quorum queue's prefetch cannot be changed in place and it knows no limit for
 * a whole channel, so more is prefetched by further consumers and less by cancelling them. A cancelled one should hold
 * nothing: see rest-consumers.ts.
 */
export class ChannelConsumers {
  readonly #options: ChannelConsumersOptions;
  readonly #shares = new Map<string, Share>();
  #last = 0;
  /** What the next consumer would get. */
  #prefetch: number | undefined;
  #removing: Promise<void> | undefined;
  #cancelling = 0;

  constructor(options: ChannelConsumersOptions) {
    this.#options = options;
  }

  /** Resolves when the first consumer consumes. */
  async begin(prefetch: number): Promise<void> {
    await this.#consume(this.#share(prefetch), prefetch);
  }

  /** One more consumer. @returns its tag */
  add(prefetch: number): string {
    const tag = this.#share(prefetch);
    void this.#ignoreLoss(this.#consume(tag, prefetch));
    return tag;
  }

  /** Soon no deliveries from this consumer; those it was given stay. */
  remove(tag: string): void {
    void this.#remove([tag]);
  }

  /** No deliveries from any of them when it resolves, or the channel has to be closed. Does not reject. */
  cancelAll(): Promise<void> {
    return this.#remove([...this.#shares.keys()]);
  }

  /** There while consumers are being removed: an ack or what goes back before its end would have them bring another message. */
  get removing(): Promise<void> | undefined {
    return this.#removing;
  }

  /** The most that the broker leaves unacked on this channel as things are. */
  get capacity(): number {
    let sum = 0;
    for (const { prefetch, unacked } of this.#shares.values()) sum += Math.max(prefetch, unacked);
    return sum;
  }

  /** What the consumers prefetch beside the deliveries that rest. */
  get awake(): number {
    let sum = 0;
    for (const { prefetch, resting } of this.#shares.values()) if (prefetch > 0) sum += prefetch - resting;
    return sum;
  }

  /** How many deliveries rest. */
  get resting(): number {
    let sum = 0;
    for (const { resting } of this.#shares.values()) sum += resting;
    return sum;
  }

  /** How many unacked messages a consumer has. */
  holds(tag: string): number {
    return this.#shares.get(tag)?.unacked ?? 0;
  }

  /** Whether a message is one that a consumer brought after its cancel was sent. */
  isLate({ fields }: ConsumeMessage): boolean {
    return (this.#shares.get(fields.consumerTag)?.prefetch ?? 0) === 0;
  }

  delivered({ fields }: ConsumeMessage): void {
    const share = this.#shares.get(fields.consumerTag);
    if (share !== undefined) share.unacked++;
  }

  acked({ fields: { consumerTag: tag } }: ConsumeMessage): void {
    const share = this.#shares.get(tag);
    if (share === undefined) return;
    share.unacked--;
    if (share.prefetch === 0 && share.unacked === 0) this.#shares.delete(tag);
  }

  rested({ fields }: ConsumeMessage, by: 1 | -1): void {
    const share = this.#shares.get(fields.consumerTag);
    if (share !== undefined) share.resting += by;
  }

  #share(prefetch: number): string {
    const tag = `${this.#options.queue}.${++this.#last}`;
    this.#shares.set(tag, { prefetch, unacked: 0, resting: 0 });
    return tag;
  }

  /** Both requests are written together: another's prefetch cannot come between them. A cancel stays behind them. */
  async #consume(tag: string, prefetch: number): Promise<void> {
    const { channel, queue, receive } = this.#options;
    const set = prefetch === this.#prefetch ? undefined : channel.prefetch(prefetch);
    this.#prefetch = prefetch;
    await Promise.all([set, channel.consume(queue, receive, { consumerTag: tag })]);
  }

  /**
   * Cancels go out one after the other. Acks do not wait for an answer that does not come (the queue's leader may have died
   * over it): that would be the end of the queue here.
   */
  #remove(tags: readonly string[]): Promise<void> {
    const { queue, logger } = this.#options;
    this.#cancelling += tags.length;
    const cancels = tags.map((tag) => this.#cancel(tag).finally(() => this.#cancelling--));
    const cancelled = Promise.all([this.#removing, ...cancels]);
    const removing = within(cancelMs + this.#cancelling * eachCancelMs, 'cancelling consumers', cancelled)
      .then(
        () => undefined,
        (error: unknown) =>
          logger.debug('consumers were not cancelled; the end of their channel will do it', {
            queue,
            error: String(error),
          }),
      )
      .finally(() => {
        if (this.#removing === removing) this.#removing = undefined;
      });
    return (this.#removing = removing);
  }

  async #cancel(tag: string): Promise<void> {
    const share = this.#shares.get(tag);
    if (share === undefined || share.prefetch === 0) return;
    share.prefetch = 0;
    if (share.unacked === 0) this.#shares.delete(tag);
    await this.#options.channel.cancel(tag);
  }

  /** Whatever fails here closes the channel, and the next one begins anew. */
  #ignoreLoss(change: Promise<void>): Promise<void> {
    const { queue, logger } = this.#options;
    return change.catch((error: unknown) =>
      logger.debug('the prefetch of a lost channel was not changed', { queue, error: String(error) }),
    );
  }
}
