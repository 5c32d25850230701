import { setMaxListeners } from 'node:events';
import { InvalidMessage, openEnvelope, type Envelope } from '@image2model/contracts';
import { inSpan, tracer, type Logger, type SpanStart } from '@image2model/service-kit';
import type { Broker, Outages, TaskReport } from '../broker.js';
import { Requeue, type Handler } from '../define-handler.js';
import type { Outgoing } from '../publishing/outgoing.js';
import type { Delivery } from './delivery.js';
import { Forwarder } from './forwarder.js';
import { triesOf, type Headers } from './headers.js';
import { moveOfFailed, moveOfInvalid, type Move } from './next-move.js';
import { Task } from './task.js';
import type { Ended, Worker } from './worker.js';

export interface HandlerRunnerOptions {
  handler: Handler;
  logger: Logger;
  broker: Pick<Broker, 'publish'>;
  /** Resolves when confirmed. */
  send: (message: Outgoing) => Promise<void>;
  onTask: ((task: TaskReport) => void) | undefined;
  outages: Outages;
}

type Outcome = Omit<TaskReport, 'queue' | 'type' | 'seconds'>;

/** Does the work of one typed queue: parse, handle, and find the next place of what was not handled. */
export class HandlerRunner implements Worker {
  readonly #options: HandlerRunnerOptions;
  readonly #tasks = new Set<Task>();
  readonly #ended: Record<TaskReport['outcome'], number> = {
    ...{ done: 0, retried: 0, dead: 0 },
    ...{ invalid: 0, requeued: 0 },
  };
  #drain: AbortController;
  #forwarder: Forwarder;

  constructor(options: HandlerRunnerOptions) {
    this.#options = options;
    this.#drain = new AbortController();
    this.#forwarder = this.#begin();
  }

  get type(): string {
    return this.#options.handler.consumes.type;
  }

  get tasks(): ReadonlySet<Task> {
    return this.#tasks;
  }

  get ended(): Ended {
    return this.#ended;
  }

  undrain(): void {
    this.#drain = new AbortController();
    this.#forwarder = this.#begin();
  }

  #begin(): Forwarder {
    const { handler, logger, send } = this.#options;
    // every task of the queue may listen to it
    setMaxListeners(0, this.#drain.signal);
    return new Forwarder({ queue: handler.queue.name, logger, send, drain: this.#drain.signal });
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
    for (const task of this.#tasks) task.abort(reason);
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
      if (tracer() === undefined) await this.#run(envelope, delivery);
      else await inSpan(this.#spanOf(envelope, delivery), () => this.#run(envelope, delivery));
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
      outages: this.#options.outages,
      draining: this.#drain.signal.aborted,
      now: new Date(),
      jitter: Math.random(),
    });
  }

  async #run(envelope: Envelope, { message, rest, seat }: Delivery): Promise<void> {
    const { handler, logger, broker } = this.#options;
    const task = new Task({
      envelope,
      queue: handler.queue.name,
      attempt: triesOf(message.properties.headers ?? {}).attempt,
      redelivered: message.fields.redelivered,
      rest,
      seat,
      logger,
      broker,
      drain: this.#drain.signal,
      limited: handler.timeoutMs !== undefined,
    });
    this.#tasks.add(task);
    try {
      const work = handler.handle(envelope, task);
      await (handler.timeoutMs === undefined ? work : task.within(handler.timeoutMs, work));
    } finally {
      this.#tasks.delete(task);
    }
  }

  /** The work of one delivery, in the trace of whoever sent the message. */
  #spanOf(envelope: Envelope, { message }: Delivery): SpanStart {
    const { traceparent, type, id, batchId, fileIdx } = envelope;
    return {
      name: `process ${type}`,
      kind: 'consumer',
      parent: traceparent ?? null,
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.operation.name': 'process',
        'messaging.destination.name': this.#options.handler.queue.name,
        'messaging.message.id': id,
        'image2model.batch_id': batchId,
        'image2model.file_idx': fileIdx,
        'image2model.attempt': triesOf(message.properties.headers ?? {}).attempt,
      },
    };
  }

  #report(outcome: Outcome, seconds: number): void {
    const { handler, logger, onTask } = this.#options;
    this.#ended[outcome.outcome] += 1;
    try {
      onTask?.({ queue: handler.queue.name, type: handler.consumes.type, seconds, ...outcome });
    } catch (error) {
      logger.warn('onTask threw; the message is not affected', { error: String(error) });
    }
  }
}
