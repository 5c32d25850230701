import { IllegalOperationError, type ConfirmChannel } from 'amqplib';
import type { Outgoing } from './outgoing.js';

export type Confirmation = 'confirmed' | 'rejected' | 'unroutable';

/** A message on its way through one channel. */
export interface Flight {
  readonly message: Outgoing;
  settle(confirmation: Confirmation): void;
}

export interface PublishChannelEvents<F extends Flight> {
  /** A confirm arrived or the write buffer emptied: there may be room again. */
  onRoom: () => void;
  /** The channel is closed; these messages were written and not confirmed, oldest first. */
  onLost: (flights: readonly F[], cause: 'connection' | 'channel') => void;
}

/** More messages than this are never unconfirmed at once; the broker's rate does not rise beyond it. */
const maxFlights = 4096;

/**
 * One generation of the confirm channel. A returned message is confirmed as well, right after its return; both are told
 * apart by a correlation id that is ours alone, because one message id may be in flight twice.
 */
export class PublishChannel<F extends Flight> {
  readonly #channel: ConfirmChannel;
  readonly #events: PublishChannelEvents<F>;
  readonly #flights = new Map<string, F>();
  readonly #returned = new Set<string>();
  #lastKey = 0;
  #bufferFull = false;
  #closed = false;
  #failed = false;

  constructor(channel: ConfirmChannel, events: PublishChannelEvents<F>) {
    this.#channel = channel;
    this.#events = events;
    // amqplib's own 'close' listener calls back every confirm with an error that looks like a nack; be there before it.
    channel.prependListener('close', () => (this.#closed = true));
    channel.on('error', () => (this.#failed = true));
    channel.on('close', () =>
      events.onLost([...this.#flights.values()], this.#failed ? 'channel' : 'connection'),
    );
    channel.on('return', (message) => this.#returned.add(String(message.properties.correlationId)));
    channel.on('drain', () => {
      this.#bufferFull = false;
      events.onRoom();
    });
  }

  get hasRoom(): boolean {
    return !this.#closed && !this.#bufferFull && this.#flights.size < maxFlights;
  }

  get flights(): Iterable<F> {
    return this.#flights.values();
  }

  /**
   * @returns false when this channel takes nothing any more; `onLost` has been or will be called
   * @throws when a property or header cannot be encoded; nothing is written then
   */
  write(flight: F): boolean {
    const { destination, body, properties } = flight.message;
    const key = (++this.#lastKey).toString(36);
    properties.correlationId = key;
    try {
      this.#bufferFull = !this.#channel.publish(
        destination.exchange,
        destination.routingKey,
        body,
        properties,
        (error: unknown) => this.#confirm(key, error === null),
      );
    } catch (error) {
      if (!(error instanceof IllegalOperationError)) throw error;
      this.#closed = true;
      return false;
    }
    this.#flights.set(key, flight);
    return true;
  }

  #confirm(key: string, acked: boolean): void {
    if (this.#closed) return;
    const flight = this.#flights.get(key);
    this.#flights.delete(key);
    const returned = this.#returned.delete(key);
    flight?.settle(!acked ? 'rejected' : returned ? 'unroutable' : 'confirmed');
    this.#events.onRoom();
  }
}
