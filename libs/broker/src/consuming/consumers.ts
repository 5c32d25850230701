import type { WorkReport } from '@image2model/service-kit';
import type { RawDelivery, TaskReport } from '../broker.js';
import { pause } from '../connection/back-off.js';
import type { Link } from '../connection/link.js';
import type { TopologyKeeper } from '../connection/topology-keeper.js';
import type { Handler } from '../define-handler.js';
import { checkHandlers, checkPrefetch } from './check-handlers.js';
import { HandlerRunner, type HandlerRunnerOptions } from './handler-runner.js';
import { QueueConsumer } from './queue-consumer.js';
import { RawWorker } from './raw-worker.js';
import { reportWork } from './report-work.js';
import type { Worker } from './worker.js';

export interface ConsumersOptions extends Pick<
  HandlerRunnerOptions,
  'broker' | 'send' | 'logger' | 'outages'
> {
  link: Link;
  topology: Pick<TopologyKeeper, 'queue'>;
  onTask: ((task: TaskReport) => void) | undefined;
}

type Limits = Pick<Handler, 'prefetch' | 'prefetchMost' | 'restMost'>;

interface Entry {
  consumer: QueueConsumer;
  worker: Worker;
  limits: Limits;
}

/** Every queue this process consumes, and their common end. */
export class Consumers {
  readonly #options: ConsumersOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #paused = new Set<string>();
  #draining = false;

  constructor(options: ConsumersOptions) {
    this.#options = options;
  }

  /** @throws when a handler does not fit its queue, or its queue has one already; nothing is consumed then */
  async addHandlers(handlers: readonly Handler[]): Promise<void> {
    checkHandlers(handlers);
    for (const { queue } of handlers) this.#checkFree(queue.name);
    const { logger, onTask, broker, send, outages } = this.#options;
    await Promise.all(
      handlers.map((handler) =>
        this.#add(
          handler.queue.name,
          handler,
          new HandlerRunner({ handler, logger, onTask, broker, send, outages }),
        ),
      ),
    );
  }

  async addRaw(queue: string, prefetch: number, handle: (raw: RawDelivery) => Promise<void>): Promise<void> {
    checkPrefetch(queue, prefetch);
    this.#checkFree(queue);
    await this.#add(queue, { prefetch }, new RawWorker({ queue, handle, logger: this.#options.logger }));
  }

  /** Deliveries in work now, resting ones too, by message type; handlers that are idle count 0. */
  active(): Map<string, number> {
    const active = new Map<string, number>();
    for (const { consumer, worker } of this.#entries.values())
      if (worker.type !== null)
        active.set(worker.type, (active.get(worker.type) ?? 0) + consumer.load.active);
    return active;
  }

  report(mostActive: number): WorkReport {
    const consumed = [...this.#entries].map(([queue, { consumer, worker }]) => ({
      ...{ queue, worker },
      load: consumer.load,
    }));
    return reportWork(consumed, mostActive);
  }

  /** Stays so over reconnects; a queue that is consumed later begins paused. */
  async pause(queues: readonly string[]): Promise<void> {
    for (const queue of queues) this.#paused.add(queue);
    await Promise.all(queues.map((queue) => this.#entries.get(queue)?.consumer.pause()));
  }

  async resume(queues: readonly string[]): Promise<void> {
    for (const queue of queues) this.#paused.delete(queue);
    await Promise.all(queues.map((queue) => this.#entries.get(queue)?.consumer.resume()));
  }

  /** Ends the consumers, tells their handlers to stop and waits for them ≤ `drainMs`. */
  async drain(drainMs: number): Promise<void> {
    this.#draining = true;
    const all = [...this.#entries.values()];
    const ended = all.flatMap(({ consumer }) => [consumer.cancel(), consumer.idle()]);
    for (const { worker } of all) worker.drain();
    const finished = new AbortController();
    void Promise.all(ended).then(() => finished.abort());
    await pause(drainMs, finished.signal);
    const running = all.reduce((sum, { consumer }) => sum + consumer.load.active, 0);
    if (running > 0)
      this.#options.logger.warn('handlers did not stop in time; their messages will be delivered again', {
        running,
      });
  }

  /** Writes the last acks and closes the channels. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ consumer }) => consumer.close()));
  }

  /** After `drain` and `close`: consumes again. Resolves when every queue is being consumed. */
  async undrain(): Promise<void> {
    this.#draining = false;
    const { session } = this.#options.link;
    await Promise.all(
      [...this.#entries].map(([queue, entry]) => {
        entry.worker.undrain();
        entry.consumer = this.#consumerOf(queue, entry.limits, entry.worker);
        if (session !== undefined) entry.consumer.run(session);
        return entry.consumer.started;
      }),
    );
  }

  #checkFree(queue: string): void {
    if (this.#draining) throw new Error('the broker connection is closing');
    if (this.#entries.has(queue)) throw new Error(`${queue} has a handler already`);
  }

  #add(queue: string, limits: Limits, worker: Worker): Promise<void> {
    const entry: Entry = { consumer: this.#consumerOf(queue, limits, worker), worker, limits };
    this.#entries.set(queue, entry);
    this.#options.link.use((session) => entry.consumer.run(session));
    return entry.consumer.started;
  }

  #consumerOf(queue: string, { prefetch, prefetchMost, restMost }: Limits, worker: Worker): QueueConsumer {
    return new QueueConsumer({
      ...{ queue, prefetch, prefetchMost, restMost },
      paused: this.#paused.has(queue),
      work: (delivery) => worker.work(delivery),
      topology: this.#options.topology,
      logger: this.#options.logger,
    });
  }
}
