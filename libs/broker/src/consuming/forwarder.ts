import { Failure } from '@image2model/contracts';
import type { Logger } from '@image2model/service-kit';
import type { TaskReport } from '../broker.js';
import { backOffMs, pause } from '../connection/back-off.js';
import { outgoingRaw, type Outgoing } from '../publishing/outgoing.js';
import { rawOf, type Delivery } from './delivery.js';
import { ownHeaders } from './headers.js';
import type { Move } from './next-move.js';

export interface ForwarderOptions {
  queue: string;
  logger: Logger;
  send: (message: Outgoing) => Promise<void>;
  drain: AbortSignal;
}

type Forward = Extract<Move, { do: 'forward' }>;

/** Carries out a move: the message is in its next place, confirmed, before anybody acks it. */
export class Forwarder {
  readonly #options: ForwarderOptions;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** @returns `requeued` when the message stays where it is, else the move's own outcome */
  async carryOut(move: Move, delivery: Delivery): Promise<Pick<TaskReport, 'outcome' | 'kind'>> {
    if (move.do === 'give-back') return { outcome: 'requeued' };
    this.#log(move, delivery);
    if (!(await this.#forward(move, delivery))) return { outcome: 'requeued' };
    return { outcome: move.outcome, ...(move.kind === undefined ? {} : { kind: move.kind }) };
  }

  /** Holds the message, and so its slot, until the broker takes the copy. @returns false when the broker has it back anyway */
  async #forward(move: Forward, delivery: Delivery): Promise<boolean> {
    let { headers } = move;
    for (let tries = 0; delivery.alive(); tries++) {
      try {
        await this.#options.send(outgoingRaw({ ...rawOf(delivery.message), headers }, move.destination));
        return true;
      } catch (error) {
        if (this.#options.drain.aborted) return false;
        // Not the broker's fault: somebody's headers cannot be written again. Ours can.
        if (Failure.from(error).kind === 'unexpected') headers = ownHeaders(headers);
        const waitMs = backOffMs(tries, Math.random(), 30_000);
        this.#options.logger.warn(`a message could not be passed on; held and tried again in ${waitMs} ms`, {
          queue: this.#options.queue,
          to: move.destination.routingKey,
          error: String(error),
        });
        await pause(waitMs, this.#options.drain);
      }
    }
    return false;
  }

  #log(move: Forward, { message }: Delivery): void {
    const { logger, queue } = this.#options;
    const { outcome, attempt, rung, failure, headers } = move;
    const cause = failure?.cause;
    const meta = {
      queue,
      messageId: String(message.properties.messageId),
      attempt,
      reason: failure?.code ?? headers['i2m-reason'],
      error: failure?.message ?? headers['i2m-error'],
      ...(cause instanceof Error && failure?.kind === 'unexpected' ? { stack: cause.stack } : {}),
    };
    if (outcome === 'retried') logger.warn(`task failed; tried again in ${rung}`, meta);
    else if (outcome === 'requeued')
      logger.info(`task gave its message back; it comes again in ${rung}`, meta);
    else logger.error('task failed for good; its message goes to the dead letters', meta);
  }
}
