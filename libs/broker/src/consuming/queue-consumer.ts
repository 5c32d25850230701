import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { closeQuietly } from '../connection/close-quietly.js';
import { isOnAbsentNode } from '../connection/is-on-absent-node.js';
import { keepChannel } from '../connection/keep-channel.js';
import type { Session } from '../connection/session.js';
import { AckWriter } from './ack-writer.js';
import { Booster } from './booster.js';
import { ChannelConsumers } from './channel-consumers.js';
import type { Delivery } from './delivery.js';
import type { QueueConsumerOptions, QueueLoad } from './queue-consumer-options.js';
import { RestConsumers } from './rest-consumers.js';
import { Seat } from './seat.js';
import { Slots } from './slots.js';

/** A channel has so many acks on their way to the queue at a time, and forgets the others when it closes. */
const acksAtOnce = 32;
const acksWithinMs = 25;

/** Resolves when many acks should have come to the queue; few do at once. */
const arrived = async (acks: number): Promise<void> => {
  if (acks > acksAtOnce) await delay(Math.ceil(acks / acksAtOnce) * acksWithinMs);
};

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
  #paused = false;
  /** Acks that were written before the drain. */
  #ackedBefore = 0;
  #live: Live | undefined;
  #consuming: () => void = () => undefined;

  /** Resolves when the queue is being consumed for the first time, will never be, or waits for its node to come back. */
  readonly started = new Promise<void>((resolve) => (this.#consuming = resolve));

  constructor(options: QueueConsumerOptions) {
    this.#options = options;
    this.#paused = options.paused === true;
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
      use: (channel) => this.#consume(channel).catch((error: unknown) => this.#refused(error)),
    });
  }

  /** No new deliveries from here on; those that are not begun go back when the connection closes. */
  async cancel(): Promise<void> {
    this.#ackedBefore = this.#live?.acks.written ?? 0;
    this.#stop.abort();
    this.#slots.close();
    this.#consuming();
    await this.#cancelAll();
  }

  /** No new deliveries until `resume`; what is in work goes on, what is not begun goes back. */
  async pause(): Promise<void> {
    if (this.#paused) return;
    this.#paused = true;
    const waiting = this.#slots.takeBack();
    // before what goes back: the broker would only give it to us again, and count that
    await this.#cancelAll();
    for (const job of waiting) {
      if (this.#paused) void job();
      // resumed meanwhile: it waits for its place again
      else this.#slots.take(job);
    }
  }

  async resume(): Promise<void> {
    if (!this.#paused) return;
    this.#paused = false;
    const live = this.#live;
    if (live === undefined || !live.acks.alive || this.#stop.signal.aborted) return;
    live.rests = new RestConsumers(live.consumers);
    this.#booster?.attach(live.consumers);
    await live.consumers.begin(this.#options.prefetch);
  }

  get load(): QueueLoad {
    const { prefetch, prefetchMost = prefetch, restMost = 0 } = this.#options;
    const { running, resting } = this.#slots;
    const unacked = this.#live?.acks.unacked ?? 0;
    return { prefetch, prefetchMost, restMost, unacked, active: running, resting, paused: this.#paused };
  }

  /** Resolves when nothing is in work. */
  idle(): Promise<void> {
    return this.#slots.idle();
  }

  /** Writes the last acks and closes the channel, which gives unacked messages back. */
  async close(): Promise<void> {
    const live = this.#live;
    if (live === undefined || !live.acks.alive) return;
    live.acks.flush();
    await arrived(live.acks.written - this.#ackedBefore);
    await closeQuietly(live.channel);
  }

  async #consume(channel: Channel): Promise<void> {
    const { queue, prefetch, logger } = this.#options;
    const receive = (message: ConsumeMessage | null): void => this.#receive(live, message);
    const consumers = new ChannelConsumers({ channel, queue, receive, logger });
    const acks = new AckWriter(channel, logger, () => consumers.removing);
    const live: Live = { channel, acks, consumers, rests: new RestConsumers(consumers), inWork: 0 };
    // The queue itself may be why the last channel closed: somebody deleted it.
    await this.#options.topology.queue(channel, queue);
    // Cancelled in between: the connection closes soon.
    if (this.#stop.signal.aborted) return;
    this.#live?.rests.stop();
    this.#live = live;
    if (!this.#paused) {
      this.#booster?.attach(consumers);
      await consumers.begin(prefetch);
    }
    this.#consuming();
  }

  /** A process whose other queues are there is of use without this one; it goes on trying. */
  #refused(error: unknown): never {
    if (isOnAbsentNode(error)) this.#consuming();
    throw error;
  }

  #receive(live: Live, message: ConsumeMessage | null): void {
    if (message === null) return this.#cancelled(live.channel);
    live.acks.delivered(message);
    live.consumers.delivered(message);
    if (this.#paused || live.consumers.isLate(message)) return void this.#giveBackLate(live, message);
    this.#booster?.delivered();
    this.#slots.take(() => this.#handle(live, message));
  }

  async #handle(live: Live, message: ConsumeMessage): Promise<void> {
    const { acks, consumers } = live;
    if (!acks.alive) return;
    if (this.#paused) return this.#giveBack(live, message);
    live.inWork++;
    const seat = new Seat((by) => {
      consumers.rested(message, by);
      this.#slots.rested(by);
    });
    const done = await this.#attempt({ message, alive: () => acks.alive, rest: seat.rest, seat });
    live.inWork--;
    if (done) {
      acks.ack(message);
      consumers.acked(message);
    }
    seat.end();
  }

  #giveBack({ acks, consumers }: Live, message: ConsumeMessage): void {
    acks.giveBack(message);
    consumers.acked(message);
  }

  /** What a consumer brought while it was cancelled; at a drain it goes back with its channel. */
  async #giveBackLate(live: Live, message: ConsumeMessage): Promise<void> {
    await live.consumers.removing;
    if (!this.#stop.signal.aborted) this.#giveBack(live, message);
  }

  async #cancelAll(): Promise<void> {
    this.#booster?.stop();
    this.#live?.rests.stop();
    if (this.#live?.acks.alive === true) await this.#live.consumers.cancelAll();
  }

  /** Messages in the place of those that rest. Old channels' handlers still have places, so free ones may be few. */
  #fit(): void {
    const live = this.#live;
    if (live === undefined || !live.acks.alive || this.#stop.signal.aborted || this.#paused) return;
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
