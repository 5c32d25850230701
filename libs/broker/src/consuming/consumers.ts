import type { RawDelivery, TaskReport } from '../broker.js';
import { pause } from '../connection/back-off.js';
import type { Link } from '../connection/link.js';
import type { Handler } from '../define-handler.js';
import { HandlerRunner, type HandlerRunnerOptions } from './handler-runner.js';
import { QueueConsumer, type Work } from './queue-consumer.js';
import { RawWorker } from './raw-worker.js';

export interface ConsumersOptions extends Pick<HandlerRunnerOptions, 'broker' | 'send' | 'logger'> {
  link: Link;
  onTask: ((task: TaskReport) => void) | undefined;
}

interface Worker {
  work: Work;
  drain: () => void;
  /** what the queue carries, where it is parsed */
  type?: string;
}

/** Every queue this process consumes, and their common end. */
export class Consumers {
  readonly #options: ConsumersOptions;
  readonly #consumers = new Map<string, { consumer: QueueConsumer; worker: Worker }>();
  #draining = false;

  constructor(options: ConsumersOptions) {
    this.#options = options;
  }

  /** @throws when a handler does not fit its queue, or its queue has one already; nothing is consumed then */
  async addHandlers(handlers: readonly Handler[]): Promise<void> {
    for (const { queue, consumes, prefetch, prefetchMost, restMost = 0 } of handlers) {
      if (consumes.type !== queue.message)
        throw new Error(
          `a handler of ${consumes.type} cannot consume ${queue.name}, which carries ${queue.message}`,
        );
      this.#check(queue.name, prefetch);
      if (prefetchMost !== undefined) this.#check(queue.name, prefetchMost);
      if (!Number.isInteger(restMost) || restMost < 0)
        throw new RangeError(`how many of ${queue.name} may rest must be 0 or more; it is ${restMost}`);
    }
    const names = new Set(handlers.map(({ queue }) => queue.name));
    if (names.size < handlers.length) throw new Error('two handlers name the same queue');
    const { logger, onTask, ...rest } = this.#options;
    await Promise.all(
      handlers.map((handler) => {
        const runner = new HandlerRunner({ handler, logger, onTask, broker: rest.broker, send: rest.send });
        return this.#start(handler.queue.name, handler, {
          work: (delivery) => runner.work(delivery),
          drain: () => runner.drain(),
          type: handler.consumes.type,
        });
      }),
    );
  }

  async addRaw(queue: string, prefetch: number, handle: (raw: RawDelivery) => Promise<void>): Promise<void> {
    this.#check(queue, prefetch);
    const worker = new RawWorker({ queue, handle, logger: this.#options.logger });
    await this.#start(
      queue,
      { prefetch },
      {
        work: (delivery) => worker.work(delivery),
        drain: () => worker.drain(),
      },
    );
  }

  /** Deliveries in work now, resting ones too, by message type; handlers that are idle count 0. */
  active(): Map<string, number> {
    const active = new Map<string, number>();
    for (const { consumer, worker } of this.#consumers.values())
      if (worker.type !== undefined)
        active.set(worker.type, (active.get(worker.type) ?? 0) + consumer.running);
    return active;
  }

  /** Ends the consumers, tells their handlers to stop and waits for them ≤ `drainMs`. */
  async drain(drainMs: number): Promise<void> {
    this.#draining = true;
    const all = [...this.#consumers.values()];
    const ended = all.flatMap(({ consumer }) => [consumer.cancel(), consumer.idle()]);
    for (const { worker } of all) worker.drain();
    const finished = new AbortController();
    void Promise.all(ended).then(() => finished.abort());
    await pause(drainMs, finished.signal);
    const running = all.reduce((sum, { consumer }) => sum + consumer.running, 0);
    if (running > 0)
      this.#options.logger.warn('handlers did not stop in time; their messages will be delivered again', {
        running,
      });
  }

  /** Writes the last acks and closes the channels. */
  async close(): Promise<void> {
    await Promise.all([...this.#consumers.values()].map(({ consumer }) => consumer.close()));
  }

  #check(queue: string, prefetch: number): void {
    if (this.#draining) throw new Error('the broker connection is closing');
    if (this.#consumers.has(queue)) throw new Error(`${queue} has a handler already`);
    if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > 65_535)
      throw new RangeError(`the prefetch of ${queue} must be 1 to 65,535; it is ${prefetch}`);
  }

  #start(
    queue: string,
    { prefetch, prefetchMost, restMost }: Pick<Handler, 'prefetch' | 'prefetchMost' | 'restMost'>,
    worker: Worker,
  ): Promise<void> {
    const { link, logger } = this.#options;
    const consumer = new QueueConsumer({
      queue,
      prefetch,
      prefetchMost,
      restMost,
      work: worker.work,
      logger,
    });
    this.#consumers.set(queue, { consumer, worker });
    link.use((session) => consumer.run(session));
    return consumer.started;
  }
}
