import {
  type EnvelopeInput,
  type MessageType,
  type PayloadOf,
  type RungName,
  type WorkQueue,
} from '@image2model/contracts';
import { currentTraceparent, type Logger, type WorkReport } from '@image2model/service-kit';
import type { Broker, BrokerState, RawDelivery, RawMessage, Route } from './broker.js';
import type { Consumers } from './consuming/consumers.js';
import { headerNames, withoutBrokerHeaders, withoutHistory } from './consuming/headers.js';
import type { Handler } from './define-handler.js';
import { delayOf, destinationOf, straightTo } from './publishing/destination.js';
import { outgoingEnvelope, outgoingRaw, type Outgoing } from './publishing/outgoing.js';
import { publishMany } from './publishing/publish-many.js';
import { seal } from './publishing/seal.js';
import type { Publisher } from './publishing/publisher.js';
import type { QueueDepth, QueueInspector } from './queue-inspector.js';
import type { StateWatch } from './state-watch.js';

export interface BrokerParts {
  publisher: Publisher;
  /** Its handlers publish through the broker that it is a part of. */
  consumers: (broker: AmqpBroker) => Consumers;
  inspector: QueueInspector;
  stateWatch: StateWatch;
  /** Closes the connections; does not reject. */
  disconnect: () => Promise<void>;
  drainMs: number;
  logger: Logger;
}

/** How long messages that nobody waits for in a handler may take to be confirmed at the end. */
const lastConfirmsMs = 3_000;

/** Puts the parts behind the one interface. */
export class AmqpBroker implements Broker {
  readonly #parts: BrokerParts;
  readonly #consumers: Consumers;
  #closing: Promise<void> | undefined;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#consumers = parts.consumers(this);
  }

  get state(): BrokerState {
    return this.#parts.stateWatch.state;
  }

  onStateChange(listener: (state: BrokerState) => void): () => void {
    return this.#parts.stateWatch.subscribe(listener);
  }

  publish<M extends MessageType>(
    type: M,
    input: EnvelopeInput<PayloadOf<M>>,
    route: Route = {},
  ): Promise<void> {
    return this.send(
      outgoingEnvelope(seal(type, input, currentTraceparent()), destinationOf(type, route), route.priority),
    );
  }

  publishMany<M extends MessageType>(
    type: M,
    inputs: Iterable<EnvelopeInput<PayloadOf<M>>>,
    route: Route = {},
  ): Promise<void> {
    const destination = destinationOf(type, route);
    // most of them are made later, when the caller's span is not the present one any more
    const traceparent = currentTraceparent();
    function* messages(): Iterable<Outgoing> {
      for (const input of inputs)
        yield outgoingEnvelope(seal(type, input, traceparent), destination, route.priority);
    }
    return publishMany(this.#parts.publisher, messages());
  }

  publishDelayed<M extends MessageType>(
    type: M,
    input: EnvelopeInput<PayloadOf<M>>,
    { queue, rung }: { queue: WorkQueue; rung: RungName },
  ): Promise<void> {
    return this.send(outgoingEnvelope(seal(type, input, currentTraceparent()), delayOf(queue, rung)));
  }

  publishRaw(queue: string, message: RawMessage): Promise<void> {
    return this.send(
      outgoingRaw({ ...message, headers: withoutBrokerHeaders(message.headers) }, straightTo(queue)),
    );
  }

  redrive(queue: string, message: RawMessage, of?: string): Promise<void> {
    const headers = {
      ...withoutHistory(message.headers),
      ...(of === undefined ? {} : { [headerNames.redriveOf]: of }),
    };
    return this.send(outgoingRaw({ ...message, headers }, straightTo(queue)));
  }

  async consume(handlers: readonly Handler[]): Promise<void> {
    await this.#consumers.addHandlers(handlers);
  }

  async consumeRaw(
    queue: string,
    prefetch: number,
    handle: (raw: RawDelivery) => Promise<void>,
  ): Promise<void> {
    await this.#consumers.addRaw(queue, prefetch, handle);
  }

  async readyCount(queue: string): Promise<number> {
    return (await this.#parts.inspector.depth(queue)).ready;
  }

  depth(queue: string): Promise<QueueDepth> {
    return this.#parts.inspector.depth(queue);
  }

  purge(queue: string): Promise<number> {
    return this.#parts.inspector.purge(queue);
  }

  report(mostActive = 100): WorkReport {
    return this.#consumers.report(mostActive);
  }

  pause(queues: readonly string[]): Promise<void> {
    return this.#consumers.pause(queues);
  }

  resume(queues: readonly string[]): Promise<void> {
    return this.#consumers.resume(queues);
  }

  async drain(): Promise<void> {
    await this.#consumers.drain(this.#parts.drainMs);
    await this.#consumers.close();
  }

  undrain(): Promise<void> {
    return this.#consumers.undrain();
  }

  /** Any message, confirmed. */
  send(message: Outgoing): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parts.publisher.send(message, (failure) => (failure === undefined ? resolve() : reject(failure)));
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  /** Consumers first: their handlers may still publish while they finish. */
  async #close(): Promise<void> {
    const { publisher, disconnect, drainMs, logger } = this.#parts;
    try {
      await this.#consumers.drain(drainMs);
      await this.#consumers.close();
      await publisher.close(lastConfirmsMs);
    } catch (error) {
      logger.error('the broker did not close cleanly; its connections are closed all the same', {
        error: String(error),
      });
    }
    await disconnect();
  }
}
