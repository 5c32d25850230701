import type { Envelope, EnvelopeInput, MessageType, PayloadOf, WorkQueue } from '@image2model/contracts';
import type { Logger } from '@image2model/service-kit';
import type { Route } from './broker.js';

/** What a handler gets beside the message. */
export interface HandlerContext<Out extends MessageType = MessageType> {
  /** Aborts when the process drains (reason: a `Requeue`) and when `timeoutMs` has passed (reason: a `Failure`). */
  readonly signal: AbortSignal;
  /** The broker delivered this message before; somebody may have begun, or even finished, its work. */
  readonly redelivered: boolean;
  /** The envelope's id. */
  readonly messageId: string;
  /** 1 for the first try; tries that parked (rate, auth, account) do not count. */
  readonly attempt: number;
  /** Knows the queue, the message and its batch and file. */
  readonly logger: Logger;
  /**
   * From now on this delivery only waits: it does not count against the prefetch, and another is worked on in its place.
   * It stays unacked. When `restMost` rest already it counts until one of them ends or works again.
   * @returns what makes it count again; calling it twice does nothing, and the end of the handler calls it too
   */
  readonly rest: () => () => void;
  /** Same guarantees as `Broker.publish`; only what the handler declares in `emits`. */
  publish<M extends Out>(type: M, input: EnvelopeInput<PayloadOf<M>>, route?: Route): Promise<void>;
}

/** What consumes one queue: a declaration plus one function. */
export interface Handler<P = unknown, Out extends MessageType = MessageType> {
  readonly consumes: MessageType<P>;
  readonly queue: WorkQueue;
  /** The most messages in work at once, beside those that rest; also over a reconnect. */
  readonly prefetch: number;
  /** The most while messages are handled so fast that `prefetch` would last less than 0.1 s. Default: `prefetch`. */
  readonly prefetchMost?: number;
  /** The most deliveries that rest beside those in work. Default 0: `rest()` does nothing. */
  readonly restMost?: number;
  readonly emits: readonly Out[];
  /** After so long the message is retried as `dependency.handler_timeout` and a late result is ignored. Default: no limit. */
  readonly timeoutMs?: number;
  /** Returning acks, throwing retries or dead-letters (contracts' `nextStep`). Called at least once per message. */
  handle(envelope: Envelope<P>, context: HandlerContext<Out>): Promise<void>;
}

/** Declares a handler; its types follow from `consumes` and `emits`. */
export const defineHandler = <P, Out extends MessageType = never>(
  handler: Handler<P, Out>,
): Handler<P, Out> => handler;

/**
 * Thrown by a handler that was told to stop: the message stays unacked and goes back when the channel closes.
 * Outside a drain it waits on the lowest rung of its queue; neither uses up an attempt.
 */
export class Requeue extends Error {
  override readonly name = 'Requeue';
  constructor(message = 'given back') {
    super(message);
  }
}
