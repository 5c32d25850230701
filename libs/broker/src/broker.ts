import type {
  EnvelopeInput,
  FailureKind,
  Lane,
  MessageType,
  PayloadOf,
  RungName,
  WorkQueue,
} from '@image2model/contracts';
import type { Logger, Metrics } from '@image2model/service-kit';
import type { Handler } from './define-handler.js';

/** Where a message goes beside what its type says. */
export interface Route {
  /** Appended to a task's routing key. */
  lane?: Lane;
  /** 0–10 (contracts' `priorities`); only the priority queues look at it. */
  priority?: number;
}

/** A message as bytes: nothing of it was parsed. */
export interface RawMessage {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly messageId?: string | undefined;
  readonly type?: string | undefined;
  /** Seconds since 1970. */
  readonly timestamp?: number | undefined;
  readonly priority?: number | undefined;
}

export interface RawDelivery extends RawMessage {
  readonly redelivered: boolean;
  readonly queue: string;
}

/** What became of one delivery; reported once for each. */
export interface TaskReport {
  queue: string;
  /** The message's type. */
  type: string;
  /** `invalid` and `dead` went to `<queue>.dead`; `requeued` was given back unfinished. */
  outcome: 'done' | 'retried' | 'dead' | 'invalid' | 'requeued';
  seconds: number;
  /** Why, when it was retried or is dead. */
  kind?: FailureKind;
}

export interface BrokerState {
  /** Both connections are up and the topology is asserted. */
  readonly connected: boolean;
  /** The broker accepts no publishes for now (memory or disk alarm). */
  readonly blocked: boolean;
}

export interface BrokerOptions {
  /** amqp:// or amqps://; never logged with its password. */
  url: string;
  /** Shown as the connections' name in the management UI. */
  service: string;
  logger: Logger;
  /** Counts every delivery, its duration and what is in work now. */
  metrics?: Metrics;
  onTask?: (task: TaskReport) => void;
  /** From the call of a publish to its confirm, waiting included. Default 10,000. */
  publishTimeoutMs?: number;
  /** How many publishes may wait for the broker before further ones are refused. Default 20,000. */
  maxWaitingPublishes?: number;
  /** How long `close()` waits for running handlers. Default 20,000. */
  drainMs?: number;
  /** Stops the trying of `connectBroker` (not an established broker; that is `close()`). */
  signal?: AbortSignal;
}

export interface Broker {
  /**
   * Resolves when the broker has confirmed the message in every queue it was routed to. Rejects with
   * Failure('dependency') whose code is one of `publishFailureCodes`; only `dependency.unconfirmed` leaves open whether it
   * arrived. A connection lost meanwhile makes the message be sent again: at least once, same id.
   */
  publish<M extends MessageType>(type: M, input: EnvelopeInput<PayloadOf<M>>, route?: Route): Promise<void>;
  /** Pipelined; takes from `inputs` only as fast as the broker confirms. Rejects with the first failure, when none is in flight. */
  publishMany<M extends MessageType>(
    type: M,
    inputs: Iterable<EnvelopeInput<PayloadOf<M>>>,
    route?: Route,
  ): Promise<void>;
  /** Through the retry exchange: arrives in `queue` after the rung's delay. The queue must have that rung. */
  publishDelayed<M extends MessageType>(
    type: M,
    input: EnvelopeInput<PayloadOf<M>>,
    target: { queue: WorkQueue; rung: RungName },
  ): Promise<void>;
  /** Bytes straight into a queue, confirmed; headers that belong to the broker (`x-*`, CC, BCC) are dropped. */
  publishRaw(queue: string, message: RawMessage): Promise<void>;
  /** Like publishRaw, but as if for the first time: our own `i2m-*` headers (attempt, reason …) are dropped too. */
  redrive(queue: string, message: RawMessage): Promise<void>;
  /** Resolves when every queue is being consumed. A queue has one handler per process; a second one throws. */
  consume(handlers: readonly Handler[]): Promise<void>;
  /** For `.dead` queues: no parsing. Returning acks; a throw keeps the message and hands it over again after a pause. */
  consumeRaw(queue: string, prefetch: number, handle: (raw: RawDelivery) => Promise<void>): Promise<void>;
  /** Messages ready in a queue. Cheap: calls for the same queue share one question. */
  readyCount(queue: string): Promise<number>;
  readonly state: BrokerState;
  /** @returns a function that ends the subscription */
  onStateChange(listener: (state: BrokerState) => void): () => void;
  /** Stops consuming, aborts handlers' signals, waits for them (≤ drainMs), flushes acks, closes. Never throws; may be repeated. */
  close(): Promise<void>;
}
