import { setMaxListeners } from 'node:events';
import { InvalidMessage, openEnvelope, type Envelope } from '@image2model/contracts';
import type { Logger } from '@image2model/service-kit';
import type { Broker, TaskReport } from '../broker.js';
import { Requeue, type Handler } from '../define-handler.js';
import type { Outgoing } from '../publishing/outgoing.js';
import type { Delivery } from './delivery.js';
import { Forwarder } from './forwarder.js';
import { triesOf, type Headers } from './headers.js';
import { moveOfFailed, moveOfInvalid, type Move } from './next-move.js';
import { Task } from './task.js';

export interface HandlerRunnerOptions {
  handler: Handler;
  logger: Logger;
  broker: Pick<Broker, 'publish'>;
  /** Resolves when confirmed. */
  send: (message: Outgoing) => Promise<void>;
  onTask: ((task: TaskReport) => void) | undefined;
}

type Outcome = Omit<TaskReport, 'queue' | 'type' | 'seconds'>;

/** Does the work of one typed queue: parse, handle, and find the next place of what was not handled. */
export class HandlerRunner {
  readonly #options: HandlerRunnerOptions;
  readonly #forwarder: Forwarder;
  readonly #limited = new Set<Task>();
  readonly #drain = new AbortController();

  constructor(options: HandlerRunnerOptions) {
    this.#options = options;
    const { handler, logger, send } = options;
    // every task of the queue may listen to it
    setMaxListeners(0, this.#drain.signal);
    this.#forwarder = new Forwarder({ queue: handler.queue.name, logger, send, drain: this.#drain.signal });
  }

  /** @returns whether to ack */
  async work(delivery: Delivery): Promise<boolean> {
    const startedAt = performance.now();
    const move = await this.#handle(delivery);
    const outcome: Outcome =
      move === undefined ? { outcome: 'done' } : await this.#forwarder.carryOut(move, delivery);
    this.#report(outcome, (performance.now() - startedAt) / 1000);
    return move === undefined || (move.do === 'forward' && outcome.outcome === move.outcome);
  }

  /** Tells running handlers to stop; from now on what is not finished is given back. */
  drain(): void {
    const reason = new Requeue('the process is draining');
    this.#drain.abort(reason);
    for (const task of this.#limited) task.abort(reason);
  }

  /** @returns undefined when it was handled */
  async #handle(delivery: Delivery): Promise<Move | undefined> {
    const { consumes, queue } = this.#options.handler;
    const { content, properties } = delivery.message;
    const headers = properties.headers ?? {};
    let envelope: Envelope;
    try {
      envelope = openEnvelope(consumes, content);
    } catch (thrown) {
      if (thrown instanceof InvalidMessage) return moveOfInvalid(queue, headers, thrown, new Date());
      return this.#moveOf(thrown, headers);
    }
    try {
      await this.#run(envelope, delivery);
      return undefined;
    } catch (thrown) {
      return this.#moveOf(thrown, headers);
    }
  }

  #moveOf(thrown: unknown, headers: Headers): Move {
    return moveOfFailed({
      queue: this.#options.handler.queue,
      headers,
      thrown,
      draining: this.#drain.signal.aborted,
      now: new Date(),
      jitter: Math.random(),
    });
  }

  async #run(envelope: Envelope, { message, rest }: Delivery): Promise<void> {
    const { handler, logger, broker } = this.#options;
    const task = new Task({
      envelope,
      queue: handler.queue.name,
      attempt: triesOf(message.properties.headers ?? {}).attempt,
      redelivered: message.fields.redelivered,
      rest,
      logger,
      broker,
      drain: this.#drain.signal,
      limited: handler.timeoutMs !== undefined,
    });
    const work = handler.handle(envelope, task);
    if (handler.timeoutMs === undefined) return work;
    this.#limited.add(task);
    try {
      await task.within(handler.timeoutMs, work);
    } finally {
      this.#limited.delete(task);
    }
  }

  #report(outcome: Outcome, seconds: number): void {
    const { handler, logger, onTask } = this.#options;
    try {
      onTask?.({ queue: handler.queue.name, type: handler.consumes.type, seconds, ...outcome });
    } catch (error) {
      logger.warn('onTask threw; the message is not affected', { error: String(error) });
    }
  }
}
