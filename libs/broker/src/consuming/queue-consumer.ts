import type { Logger } from '@image2model/service-kit';
import type { Channel, ConsumeMessage } from 'amqplib';
import { assertQueueNamed } from '../connection/assert-topology.js';
import { within } from '../connection/back-off.js';
import { closeQuietly } from '../connection/close-quietly.js';
import { keepChannel } from '../connection/keep-channel.js';
import type { Session } from '../connection/session.js';
import { AckWriter } from './ack-writer.js';
import { Booster } from './booster.js';
import { ChannelConsumers } from './channel-consumers.js';
import type { Delivery } from './delivery.js';
import { RestConsumers } from './rest-consumers.js';
import { Seat } from './seat.js';
import { Slots } from './slots.js';

/** Does the work of a delivery. @returns whether to ack it; false leaves it unacked until its channel closes */
export type Work = (delivery: Delivery) => Promise<boolean>;

export interface QueueConsumerOptions {
  queue: string;
  prefetch: number;
  /** While messages are finished fast, up to so many. */
  prefetchMost?: number | undefined;
  /** So many may rest beside them. */
  restMost?: number | undefined;
  work: Work;
  logger: Logger;
}

/** One channel and what came through it. */
interface Live {
  channel: Channel;
  acks: AckWriter;
  consumers: ChannelConsumers;
  rests: RestConsumers;
  /** Its messages in work, resting ones too. */
  inWork: number;
}

/**
 * Consumes one queue on a channel of its own, over every reconnect. Never more messages than prefetched are in work and no
 * more than `restMost` rest, also when the messages of a lost channel come again while their first handlers still run.
 */
export class QueueConsumer {
  readonly #options: QueueConsumerOptions;
  readonly #slots: Slots;
  readonly #booster: Booster | undefined;
  readonly #stop = new AbortController();
  #live: Live | undefined;
  #consuming: () => void = () => undefined;

  /** Resolves when the queue is being consumed for the first time, or will never be. */
  readonly started = new Promise<void>((resolve) => (this.#consuming = resolve));

  constructor(options: QueueConsumerOptions) {
    this.#options = options;
    const { prefetch, prefetchMost = prefetch, restMost = 0 } = options;
    const onChange = restMost > 0 ? { onChange: () => this.#fit() } : {};
    this.#slots = new Slots({ limit: prefetch, restMost, ...onChange });
    if (prefetchMost > prefetch)
      this.#booster = new Booster({
        usual: prefetch,
        most: prefetchMost,
        finished: () => this.#slots.finished,
        onLimit: (limit) => (this.#slots.limit = limit),
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
    this.#booster?.stop();
    this.#live?.rests.stop();
    if (this.#live === undefined || !this.#live.acks.alive) return;
    try {
      await within(2_000, 'cancelling the consumers', this.#live.consumers.cancelAll());
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

  /** Messages in work, resting ones too. */
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
    const receive = (message: ConsumeMessage | null): void => this.#receive(live, message);
    const consumers = new ChannelConsumers({ channel, queue, receive, logger });
    const acks = new AckWriter(channel, logger, () => consumers.removing);
    const live: Live = { channel, acks, consumers, rests: new RestConsumers(consumers), inWork: 0 };
    // The queue itself may be why the last channel closed: somebody deleted it.
    await assertQueueNamed(channel, queue);
    // Cancelled in between: the connection closes soon.
    if (this.#stop.signal.aborted) return;
    this.#live?.rests.stop();
    this.#live = live;
    this.#booster?.attach(consumers);
    await consumers.begin(prefetch);
    this.#consuming();
  }

  #receive(live: Live, message: ConsumeMessage | null): void {
    if (message === null) return this.#cancelled(live.channel);
    live.acks.delivered(message);
    live.consumers.delivered(message);
    this.#booster?.delivered();
    this.#slots.take(() => this.#handle(live, message));
  }

  async #handle(live: Live, message: ConsumeMessage): Promise<void> {
    const { acks, consumers } = live;
    if (!acks.alive) return;
    live.inWork++;
    const seat = new Seat((by) => {
      consumers.rested(message, by);
      this.#slots.rested(by);
    });
    const done = await this.#attempt({ message, alive: () => acks.alive, rest: seat.rest });
    live.inWork--;
    if (done) {
      acks.ack(message);
      consumers.acked(message);
    }
    seat.end();
  }

  /** Messages in the place of those that rest. Old channels' handlers still have places, so free ones may be few. */
  #fit(): void {
    const live = this.#live;
    if (live === undefined || !live.acks.alive || this.#stop.signal.aborted) return;
    const { free, limit } = this.#slots;
    live.rests.fit({ inHand: live.inWork + free, limit });
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
