import type { Logger } from '@image2model/service-kit';
import type { RawDelivery } from '../broker.js';
import { backOffMs, pause } from '../connection/back-off.js';
import { rawDeliveryOf, type Delivery } from './delivery.js';
import type { Task } from './task.js';
import type { Ended, Worker } from './worker.js';

export interface RawWorkerOptions {
  queue: string;
  handle: (raw: RawDelivery) => Promise<void>;
  logger: Logger;
}

/**
 * Does the work of a queue of dead letters. They have nowhere further to go, and giving one back counts towards the
 * broker's delivery limit, so one that fails is held and handed over again after a pause, until it is done.
 */
export class RawWorker implements Worker {
  /** Nothing of it is parsed. */
  readonly type = null;
  readonly tasks: ReadonlySet<Task> = new Set();
  readonly #options: RawWorkerOptions;
  #drain = new AbortController();
  #done = 0;

  constructor(options: RawWorkerOptions) {
    this.#options = options;
  }

  /** @returns whether to ack */
  async work(delivery: Delivery): Promise<boolean> {
    const { queue, handle, logger } = this.#options;
    for (let tries = 0; delivery.alive() && !this.#drain.signal.aborted; tries++) {
      try {
        await handle(rawDeliveryOf(delivery.message, queue));
        this.#done += 1;
        return true;
      } catch (error) {
        const waitMs = backOffMs(tries, Math.random(), 30_000);
        logger.warn(`a dead letter could not be handled; held and tried again in ${waitMs} ms`, {
          queue,
          messageId: String(delivery.message.properties.messageId),
          error: String(error),
        });
        await pause(waitMs, this.#drain.signal);
      }
    }
    return false;
  }

  get ended(): Ended {
    return { done: this.#done };
  }

  drain(): void {
    this.#drain.abort();
  }

  undrain(): void {
    this.#drain = new AbortController();
  }
}
