import { Failure } from '@image2model/contracts';
import type { Channel } from 'amqplib';
import { within } from './connection/back-off.js';
import { closeQuietly } from './connection/close-quietly.js';
import type { Session } from './connection/session.js';

const answerTimeoutMs = 5_000;

/** What the broker says of a queue. */
export interface QueueDepth {
  readonly ready: number;
  readonly consumers: number;
}

/**
 * Asks and empties queues on one channel of its own. The broker closes a channel that names a missing queue, so questions
 * go one by one: none of them is lost to another's mistake.
 */
export class QueueInspector {
  readonly #session: () => Session | undefined;
  readonly #asked = new Map<string, Promise<QueueDepth>>();
  #tail: Promise<unknown> = Promise.resolve();
  #open: { channel: Channel; session: Session } | undefined;

  constructor(session: () => Session | undefined) {
    this.#session = session;
  }

  /** By a passive declare. Callers that ask about the same queue before the answer is there share it. */
  depth(queue: string): Promise<QueueDepth> {
    const asked = this.#asked.get(queue);
    if (asked !== undefined) return asked;
    const answer = this.#ask(queue, async (channel) => {
      const { messageCount: ready, consumerCount: consumers } = await channel.checkQueue(queue);
      return { ready, consumers };
    });
    this.#asked.set(queue, answer);
    const forget = (): boolean => this.#asked.delete(queue);
    // The callers have the error.
    answer.then(forget, forget);
    return answer;
  }

  /** Drops the messages that nobody has taken. @returns how many there were */
  purge(queue: string): Promise<number> {
    return this.#ask(queue, async (channel) => (await channel.purgeQueue(queue)).messageCount);
  }

  /** After the questions before it, whatever became of them. */
  #ask<T>(queue: string, question: (channel: Channel) => Promise<T>): Promise<T> {
    const answer = this.#tail.then(async () => {
      const channel = await this.#channel();
      try {
        return await within(answerTimeoutMs, 'the answer of the broker', question(channel));
      } catch (error) {
        this.#open = undefined;
        await closeQuietly(channel);
        throw failureOf(error, queue);
      }
    });
    this.#tail = answer.catch(() => undefined);
    return answer;
  }

  async #channel(): Promise<Channel> {
    const session = this.#session();
    if (session === undefined)
      throw new Failure('dependency', 'the broker is not connected', { code: 'dependency.unavailable' });
    if (this.#open?.session === session) return this.#open.channel;
    const channel = await within(answerTimeoutMs, 'opening a channel', session.model.createChannel());
    // The rejection of the question says the same; without a listener the event would end the process.
    channel.on('error', () => undefined);
    channel.on('close', () => (this.#open = undefined));
    this.#open = { channel, session };
    return channel;
  }
}

function failureOf(error: unknown, queue: string): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 403)
    return new Failure('dependency', `the RabbitMQ user of this service may not do that to ${queue}`, {
      code: 'dependency.refused',
      cause: error,
    });
  return code === 404
    ? new Failure('dependency', `there is no queue ${queue}`, {
        code: 'dependency.queue_missing',
        cause: error,
      })
    : new Failure('dependency', 'the broker did not answer', {
        code: 'dependency.unavailable',
        cause: error,
      });
}
