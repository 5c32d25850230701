import { Failure } from '@image2model/contracts';
import type { Channel } from 'amqplib';
import { within } from './connection/back-off.js';
import { closeQuietly } from './connection/close-quietly.js';
import type { Session } from './connection/session.js';

const answerTimeoutMs = 5_000;

/**
 * Asks how many messages wait in a queue, by passive declares on one channel of its own. The broker closes a channel that
 * names a missing queue, so questions go one by one: none of them is lost to another's mistake.
 */
export class ReadyCounter {
  readonly #session: () => Session | undefined;
  readonly #asked = new Map<string, Promise<number>>();
  #tail: Promise<unknown> = Promise.resolve();
  #open: { channel: Channel; session: Session } | undefined;

  constructor(session: () => Session | undefined) {
    this.#session = session;
  }

  /** Callers that ask about the same queue before the answer is there share it. */
  count(queue: string): Promise<number> {
    const asked = this.#asked.get(queue);
    if (asked !== undefined) return asked;
    const answer = this.#tail.then(() => this.#ask(queue));
    this.#asked.set(queue, answer);
    this.#tail = answer.then(
      () => this.#asked.delete(queue),
      // The callers have the error; the next question does not depend on it.
      () => this.#asked.delete(queue),
    );
    return answer;
  }

  async #ask(queue: string): Promise<number> {
    const channel = await this.#channel();
    try {
      const { messageCount } = await within(answerTimeoutMs, 'the queue check', channel.checkQueue(queue));
      return messageCount;
    } catch (error) {
      this.#open = undefined;
      await closeQuietly(channel);
      throw failureOf(error, queue);
    }
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
  const missing = error instanceof Error && 'code' in error && error.code === 404;
  return missing
    ? new Failure('dependency', `there is no queue ${queue}`, {
        code: 'dependency.queue_missing',
        cause: error,
      })
    : new Failure('dependency', 'the broker did not answer', {
        code: 'dependency.unavailable',
        cause: error,
      });
}
