import {
  Failure,
  type Envelope,
  type EnvelopeInput,
  type MessageType,
  type PayloadOf,
} from '@image2model/contracts';
import type { ActiveWork, Logger } from '@image2model/service-kit';
import type { Broker, Route } from '../broker.js';
import type { HandlerContext } from '../define-handler.js';

export interface TaskOptions {
  envelope: Envelope;
  queue: string;
  attempt: number;
  redelivered: boolean;
  rest: () => () => void;
  seat: { readonly resting: boolean };
  logger: Logger;
  broker: Pick<Broker, 'publish'>;
  /** Aborts when the process drains; shared by all tasks of a queue. */
  drain: AbortSignal;
  /** The task may be told to stop by itself: it gets a signal of its own. */
  limited: boolean;
}

/** One message in the hands of its handler. Signal and logger are made when they are asked for: most handlers don't. */
export class Task implements HandlerContext {
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly messageId: string;
  readonly rest: () => () => void;
  /** By this process's own clock. */
  readonly startedAt = performance.now();
  readonly #options: TaskOptions;
  #controller: AbortController | undefined;
  #abortReason: Error | undefined;
  #logger: Logger | undefined;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.attempt = options.attempt;
    this.redelivered = options.redelivered;
    this.messageId = options.envelope.id;
    this.rest = options.rest;
  }

  /** As people on call see it. @param now by this process's own clock @param nowMs the same moment by the machine's */
  describe(now: number, nowMs: number): ActiveWork {
    const { envelope, queue, seat } = this.#options;
    return {
      task: envelope.type,
      queue,
      messageId: envelope.id,
      batchId: envelope.batchId ?? null,
      fileIdx: envelope.fileIdx ?? null,
      sinceMs: Math.round(nowMs - (now - this.startedAt)),
      resting: seat.resting,
    };
  }

  get signal(): AbortSignal {
    const { drain, limited } = this.#options;
    if (!limited) return drain;
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  get logger(): Logger {
    const { envelope, queue, logger } = this.#options;
    const { batchId, fileIdx, type } = envelope;
    return (this.#logger ??= logger.child({
      queue,
      type,
      messageId: envelope.id,
      ...(batchId === undefined ? {} : { batchId }),
      ...(fileIdx === undefined ? {} : { fileIdx }),
    }));
  }

  readonly publish = <M extends MessageType>(
    type: M,
    input: EnvelopeInput<PayloadOf<M>>,
    route?: Route,
  ): Promise<void> => this.#options.broker.publish(type, input, route);

  /** The first reason stays. */
  abort(reason: Error): void {
    this.#abortReason ??= reason;
    this.#controller?.abort(this.#abortReason);
  }

  /** Rejects when `work` takes longer than the limit; its slot is free then and a late result is ignored. */
  async within(timeoutMs: number, work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // Not the kind `timeout`, which is a generation's hard limit and never retried: here something did not answer.
        const text = `the handler did not finish in ${timeoutMs} ms`;
        const failure = new Failure('dependency', text, { code: 'dependency.handler_timeout' });
        reject(failure);
        this.abort(failure);
      }, timeoutMs);
    });
    try {
      await Promise.race([work, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
