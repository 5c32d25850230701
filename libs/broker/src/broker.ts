import type {
  EnvelopeInput,
  FailureKind,
  Lane,
  MessageType,
  PayloadOf,
  RungName,
  WorkQueue,
} from '@image2model/contracts';
import type { Logger, Metrics, TlsOptions, WorkReport } from '@image2model/service-kit';
import type { TopologyMode } from './connection/topology-keeper.js';
import type { Handler } from './define-handler.js';
import type { QueueDepth } from './queue-inspector.js';

/** Where a message goes beside what its type says. */
export interface Route {
  /** Appended to a task's routing key. */
  lane?: Lane;
  /** Which queue of a task that has several. */
  queue?: WorkQueue;
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
  /** Both connections are up and the topology is there. */
  readonly connected: boolean;
  /** The broker accepts no publishes for now (memory or disk alarm). */
  readonly blocked: boolean;
}

/**
 * The code of a Failure `dependency.…` for each other system whose absence a handler may run into, and how to tell it from
 * a defect: an outage must not use up the two tries of one.
 */
export type Outages = Readonly<Record<`dependency.${string}`, (thrown: unknown) => boolean>>;

export interface BrokerOptions {
  /** amqp:// or amqps://, of several nodes as parseBrokerList takes them; never logged with its password. */
  url: string;
  /** for amqps://; asked at each connection. */
  tls?: () => TlsOptions;
  /** Shown as the connections' name in the management UI. */
  service: string;
  logger: Logger;
  /** Counts every delivery, its duration and what is in work now. */
  metrics?: Metrics;
  onTask?: (task: TaskReport) => void;
  /** What a handler may throw that is no Failure and passes by itself. */
  outages?: Outages;
  /** Who declares exchanges and queues. Default `declare`: this process. */
  topology?: TopologyMode;
  /** Told why a connection is not usable yet, at each try, and `undefined` when it is; nothing secret is in it. */
  onWait?: (reason: string | undefined) => void;
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
  /**
   * Like publishRaw, but as if for the first time: our own `i2m-*` headers (attempt, reason …) are dropped too.
   * @param of the dead letter it comes from; stays with the message as the header `i2m-redrive-of`
   */
  redrive(queue: string, message: RawMessage, of?: string): Promise<void>;
  /** Resolves when every queue is being consumed. A queue has one handler per process; a second one throws. */
  consume(handlers: readonly Handler[]): Promise<void>;
  /** For `.dead` queues: no parsing. Returning acks; a throw keeps the message and hands it over again after a pause. */
  consumeRaw(queue: string, prefetch: number, handle: (raw: RawDelivery) => Promise<void>): Promise<void>;
  /** Messages ready in a queue. Cheap: calls for the same queue share one question. */
  readyCount(queue: string): Promise<number>;
  /** Like `readyCount`, with the consumers of all processes. Rejects with Failure dependency.queue_missing for an unknown name. */
  depth(queue: string): Promise<QueueDepth>;
  /**
   * Drops the messages that nobody has taken; those that are in hand are not touched. Rejects with Failure dependency.refused
   * when the user may not read the queue. @returns how many there were
   */
  purge(queue: string): Promise<number>;
  /** What this process consumes, works on and has done. Cheap. @param mostActive so many messages are named; default 100 */
  report(mostActive?: number): WorkReport;
  /**
   * Takes nothing more from these queues, over reconnects, until `resume`; handlers at work go on and what they have not
   * begun goes back. May name queues that are consumed later.
   */
  pause(queues: readonly string[]): Promise<void>;
  resume(queues: readonly string[]): Promise<void>;
  /** Stops consuming as `close()` does, but stays connected and publishes on. */
  drain(): Promise<void>;
  /** Consumes again what it consumed before `drain`. */
  undrain(): Promise<void>;
  readonly state: BrokerState;
  /** @returns a function that ends the subscription */
  onStateChange(listener: (state: BrokerState) => void): () => void;
  /** Stops consuming, aborts handlers' signals, waits for them (≤ drainMs), flushes acks, closes. Never throws; may be repeated. */
  close(): Promise<void>;
}
