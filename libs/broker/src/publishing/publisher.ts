import { Failure } from '@image2model/contracts';
import type { Logger } from '@image2model/service-kit';
import type { ConfirmChannel } from 'amqplib';
import type { Outgoing } from './outgoing.js';
import { Pending, type Done } from './pending.js';
import { PublishChannel } from './publish-channel.js';
import { publishFailure, type PublishFailureReason } from './publish-failures.js';
import { WaitQueue } from './wait-queue.js';

export interface PublisherOptions {
  logger: Logger;
  /** From the call to the confirm, waiting included. */
  timeoutMs: number;
  maxWaiting: number;
}

const sweepMs = 250;

/**
 * Writes messages in the order they were given, as fast as the broker confirms; the others wait. Callbacks instead of
 * promises and one timer for all: this is the hot path.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #waiting = new WaitQueue<Pending>();
  #channel: PublishChannel<Pending> | undefined;
  #blocked = false;
  #closed = false;
  #sweeper: NodeJS.Timeout | undefined;
  #pending = 0;
  #whenIdle: (() => void) | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  send(message: Outgoing, done: Done): void {
    const reason = this.#refusal();
    if (reason !== undefined) return done(publishFailure(reason, message.type));
    this.#pending++;
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref();
    const pending = new Pending(message, performance.now() + this.#options.timeoutMs, (failure) => {
      this.#pending--;
      if (this.#pending === 0) this.#idle();
      done(failure);
    });
    if (this.#waiting.size === 0 && this.#open) this.#write(pending);
    else this.#waiting.push(pending);
  }

  /** Gives it a new channel; what waits is written at once. */
  attach(channel: ConfirmChannel): void {
    this.#channel = new PublishChannel(channel, {
      onRoom: () => this.#pump(),
      onLost: (flights, cause) => this.#lost(flights, cause),
    });
    this.#pump();
  }

  setBlocked(blocked: boolean): void {
    this.#blocked = blocked;
    this.#pump();
  }

  /** Refuses further messages, gives those it has ≤ `graceMs` to be confirmed and rejects the rest. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    for (const flight of this.#channel?.flights ?? []) flight.fail('unconfirmed');
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      next.fail(next.written ? 'unconfirmed' : 'closed');
  }

  #refusal(): PublishFailureReason | undefined {
    if (this.#closed) return 'closed';
    return this.#waiting.size >= this.#options.maxWaiting ? 'overloaded' : undefined;
  }

  get #open(): boolean {
    return !this.#blocked && this.#channel?.hasRoom === true;
  }

  #pump(): void {
    while (this.#open) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.settled) this.#write(next);
    }
  }

  #write(pending: Pending): void {
    try {
      if (this.#channel?.write(pending) === true) pending.written = true;
      else this.#waiting.restore([pending]);
    } catch (error) {
      pending.reject(new Failure('unexpected', 'the message cannot be encoded', { cause: error }));
    }
  }

  /**
   * With the connection gone, unconfirmed messages are sent again on the next one: at least once, same message id.
   * When the broker closed just this channel, one of them may be the reason, so none is repeated.
   */
  #lost(flights: readonly Pending[], cause: 'connection' | 'channel'): void {
    this.#channel = undefined;
    const open = flights.filter((pending) => !pending.settled);
    if (open.length > 0)
      this.#options.logger.warn(
        cause === 'connection'
          ? 'unconfirmed messages will be sent again when the broker is back'
          : 'the broker closed the publish channel; its unconfirmed messages are rejected as unconfirmed',
        { messages: open.length },
      );
    if (cause === 'connection') this.#waiting.restore(open);
    else for (const pending of open) pending.fail('unconfirmed');
  }

  /** Both collections are in the order of their deadlines. */
  #sweep(): void {
    const now = performance.now();
    for (const flight of this.#channel?.flights ?? []) {
      if (flight.deadline > now) break;
      flight.fail('unconfirmed');
    }
    for (
      let next = this.#waiting.peek();
      next !== undefined && next.deadline <= now;
      next = this.#waiting.peek()
    ) {
      this.#waiting.shift();
      next.fail(next.written ? 'unconfirmed' : 'unavailable');
    }
  }

  #idle(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#whenIdle?.();
  }
}
