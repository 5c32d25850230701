import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@image2model/contracts';
import type { Metrics } from '@image2model/service-kit';
import type { Redis } from 'ioredis';

export interface ReplicationOptions {
  /** How many replicas must have what was written; at least 1. */
  replicas: number;
  /** How long one look takes, ms: nothing else is answered on this connection meanwhile. */
  waitMs: number;
  /** true: too few replicas are a failure after a second (HTTP); false: they are waited for, as Redis itself would be. */
  failFast: boolean;
  logger: { warn(message: string, meta?: Record<string, unknown>): void };
  metrics?: Pick<Metrics, 'inc'> | undefined;
}

/** Between two looks while replicas are missing, ms: the connection does other work in it. */
const pauseMs = 250;
/** Who fails fast looks for so long, ms: a replica that hangs for a moment is no reason to refuse a batch. */
const fastPatienceMs = 1_000;

/**
 * Whether what this connection wrote is on replicas as well, by WAIT, which Redis answers for everything that it had
 * done when the question came. So it goes out behind the script, in the same pipeline, and all scripts of one turn of
 * the event loop share it.
 */
export class Replication {
  /** Counts the connections that were lost: an answer of the next one says nothing about the one before. */
  #lost = 0;
  #usable = false;
  #short = false;
  #next: Promise<void> | undefined;
  #again: Promise<number> | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly options: ReplicationOptions,
  ) {
    redis.on('ready', () => (this.#usable = true));
    redis.on('close', () => {
      if (this.#usable) this.#lost += 1;
      this.#usable = false;
    });
  }

  /**
   * Call it right after the command was sent. Resolves when enough replicas have what it wrote.
   * @throws Failure dependency.redis_replicas when they have not (fail fast); dependency.redis when the connection was
   * lost meanwhile, so that nobody knows. The step may have been done: repeat it, or take it back.
   */
  copied(): Promise<void> {
    return (this.#next ??= this.#ask());
  }

  async #ask(): Promise<void> {
    const lost = this.#lost;
    // behind every script of this turn, before ioredis sends its pipeline
    await new Promise<void>((resolve) => process.nextTick(resolve));
    this.#next = undefined;
    const until = performance.now() + (this.options.failFast ? fastPatienceMs : Infinity);
    let copies = await this.#look();
    for (; copies < this.options.replicas; copies = await this.#lookAgain()) {
      this.#checkSame(lost);
      this.#tell(copies);
      if (performance.now() > until) throw this.#tooFew(copies);
    }
    this.#checkSame(lost);
    this.#short = false;
  }

  #look(): Promise<number> {
    return this.redis.wait(this.options.replicas, this.options.waitMs);
  }

  /** One question for all that wait. */
  #lookAgain(): Promise<number> {
    return (this.#again ??= sleep(pauseMs)
      .then(() => this.#look())
      .finally(() => (this.#again = undefined)));
  }

  #checkSame(lost: number): void {
    if (lost !== this.#lost)
      throw new Failure('dependency', 'the connection to Redis was lost before a replica had the step', {
        code: 'dependency.redis',
      });
  }

  #tell(copies: number): void {
    this.options.metrics?.inc('redis_too_few_replicas_total', {});
    if (this.#short) return;
    this.#short = true;
    this.options.logger.warn('too few replicas of Redis follow; steps that must not be lost wait for them', {
      replicas: copies,
      wanted: this.options.replicas,
    });
  }

  #tooFew(copies: number): Failure {
    const { replicas } = this.options;
    const message = `${copies} of ${replicas} replicas of Redis had the step after ${fastPatienceMs} ms; bring replicas back, or lower REDIS_WAIT_REPLICAS`;
    return new Failure('dependency', message, { code: 'dependency.redis_replicas' });
  }
}
