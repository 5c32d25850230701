import type { Logger } from '@image2model/service-kit';
import type { Channel, ConsumeMessage } from 'amqplib';
import { AckTracker } from './ack-tracker.js';

/**
 * The acks of one channel generation, written once per turn of the event loop. When its channel is gone they are dropped:
 * their numbers would mean other messages on the next channel, and the broker delivers the messages again anyway.
 */
export class AckWriter {
  readonly #channel: Channel;
  readonly #logger: Logger;
  readonly #before: () => Promise<void> | undefined;
  readonly #tracker = new AckTracker<ConsumeMessage>();
  #scheduled = false;
  #written = 0;
  #closed = false;

  /** @param before what acks wait for, when there is something; it does not reject */
  constructor(channel: Channel, logger: Logger, before: () => Promise<void> | undefined = () => undefined) {
    this.#channel = channel;
    this.#logger = logger;
    this.#before = before;
    channel.on('close', () => (this.#closed = true));
  }

  /** False when the channel is gone, and with it the claim on its deliveries. */
  get alive(): boolean {
    return !this.#closed;
  }

  delivered(message: ConsumeMessage): void {
    this.#tracker.delivered(message);
  }

  get unacked(): number {
    return this.#closed ? 0 : this.#tracker.unacked;
  }

  /** Messages acked so far. */
  get written(): number {
    return this.#written;
  }

  /** Gives it to whoever takes the queue next, at once. */
  giveBack(message: ConsumeMessage): void {
    if (this.#closed || !this.#tracker.forget(message)) return;
    try {
      this.#channel.nack(message, false, true);
    } catch {
      this.#closed = true; // the end of the channel gives it back all the same
    }
  }

  ack(message: ConsumeMessage): void {
    this.#tracker.finished(message);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flushAfter());
  }

  #flushAfter(): void {
    const first = this.#before();
    if (first === undefined) return this.flush();
    void first.then(() => this.#flushAfter());
  }

  /** Writes them now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#closed) return;
    const before = this.#tracker.unacked;
    const { upTo, singles } = this.#tracker.take();
    this.#written += before - this.#tracker.unacked;
    try {
      if (upTo !== undefined) this.#channel.ack(upTo, true);
      for (const message of singles) this.#channel.ack(message);
    } catch (error) {
      this.#closed = true;
      this.#logger.warn('acks were lost with their channel; the messages will be delivered again', {
        error: String(error),
      });
    }
  }
}
