import type { Logger } from '@image2model/service-kit';
import type { Channel, ConsumeMessage } from 'amqplib';
import { assertQueueNamed } from '../connection/assert-topology.js';
import { within } from '../connection/back-off.js';
import { closeQuietly } from '../connection/close-quietly.js';
import { keepChannel } from '../connection/keep-channel.js';
import type { Session } from '../connection/session.js';
import { AckWriter } from './ack-writer.js';
import { Booster } from './booster.js';
import type { Delivery } from './delivery.js';
import { Slots } from './slots.js';

/** Does the work of a delivery. @returns whether to ack it; false leaves it unacked until its channel closes */
export type Work = (delivery: Delivery) => Promise<boolean>;

export interface QueueConsumerOptions {
  queue: string;
  prefetch: number;
  /** While messages are finished fast, up to so many. */
  prefetchMost?: number | undefined;
  work: Work;
  logger: Logger;
}

/**
 * Consumes one queue on a channel of its own, over every reconnect. Never more messages than prefetched are in work, also
 * when the messages of a lost channel come again while their first handlers still run.
 */
export class QueueConsumer {
  readonly #options: QueueConsumerOptions;
  readonly #slots: Slots;
  readonly #booster: Booster | undefined;
  readonly #stop = new AbortController();
  #live: { channel: Channel; consumerTag: string; acks: AckWriter } | undefined;
  #consuming: () => void = () => undefined;

  /** Resolves when the queue is being consumed for the first time, or will never be. */
  readonly started = new Promise<void>((resolve) => (this.#consuming = resolve));

  constructor(options: QueueConsumerOptions) {
    this.#options = options;
    const { queue, prefetch, prefetchMost = prefetch, logger } = options;
    this.#slots = new Slots(prefetch);
    if (prefetchMost > prefetch)
      this.#booster = new Booster({
        queue,
        usual: prefetch,
        most: prefetchMost,
        finished: () => this.#slots.finished,
        onLimit: (limit) => (this.#slots.limit = limit),
        logger,
      });
  }

  /** Consumes on this connection as long as it lasts. */
  run(session: Session): void {
    const { queue, logger } = this.#options;
    // It cannot reject: whatever goes wrong in a channel ends in the next channel.
    void keepChannel({
      session,
      stop: this.#stop.signal,
      purpose: `consume ${queue}`,
      logger,
      open: () => session.model.createChannel(),
      use: (channel) => this.#consume(channel),
    });
  }

  /** No new deliveries from here on; those that are not begun go back when the connection closes. */
  async cancel(): Promise<void> {
    this.#stop.abort();
    this.#slots.close();
    this.#consuming();
    if (this.#live === undefined || !this.#live.acks.alive) return this.#booster?.stop();
    const { channel, consumerTag } = this.#live;
    try {
      const usual = within(2_000, 'cancelling a consumer', channel.cancel(consumerTag));
      await Promise.all([usual, this.#booster?.cancel()]);
    } catch (error) {
      this.#options.logger.warn('a consumer was not cancelled; closing its channel will do it', {
        queue: this.#options.queue,
        error: String(error),
      });
    }
  }

  /** Resolves when nothing is in work. */
  idle(): Promise<void> {
    return this.#slots.idle();
  }

  get running(): number {
    return this.#slots.running;
  }

  /** Writes the last acks and closes the channel, which gives unacked messages back. */
  async close(): Promise<void> {
    if (this.#live === undefined || !this.#live.acks.alive) return;
    this.#live.acks.flush();
    await closeQuietly(this.#live.channel);
  }

  async #consume(channel: Channel): Promise<void> {
    const { queue, prefetch, logger } = this.#options;
    const acks = new AckWriter(channel, logger);
    // The queue itself may be why the last channel closed: somebody deleted it.
    await assertQueueNamed(channel, queue);
    await channel.prefetch(prefetch);
    const receive = (message: ConsumeMessage | null): void => this.#receive(channel, acks, message);
    const { consumerTag } = await channel.consume(queue, receive);
    this.#live = { channel, consumerTag, acks };
    this.#booster?.attach(channel, receive);
    // Cancelled in between: the connection closes soon, and nothing was begun.
    if (!this.#stop.signal.aborted) this.#consuming();
  }

  #receive(channel: Channel, acks: AckWriter, message: ConsumeMessage | null): void {
    if (message === null) return this.#cancelled(channel);
    acks.delivered(message);
    this.#booster?.delivered();
    const delivery = { message, alive: () => acks.alive };
    this.#slots.take(async () => {
      if (!acks.alive) return;
      if (await this.#attempt(delivery)) acks.ack(message);
    });
  }

  async #attempt(delivery: Delivery): Promise<boolean> {
    try {
      return await this.#options.work(delivery);
    } catch (error) {
      this.#options.logger.error('a delivery failed in the consumer itself; it stays unacked', {
        queue: this.#options.queue,
        error: String(error),
      });
      return false;
    }
  }

  /**
   * The broker ended the consumer: the queue is gone, or (from RabbitMQ 4.3) a delivery was held too long and is the broker's
   * again. The channel's open deliveries may mean nothing any more, so the whole channel is replaced.
   */
  #cancelled(channel: Channel): void {
    this.#options.logger.warn('the broker cancelled a consumer; consuming again on a new channel', {
      queue: this.#options.queue,
    });
    void closeQuietly(channel);
  }
}
