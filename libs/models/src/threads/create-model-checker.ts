import type { CheckedModel, WantedModel } from '../check-model.js';
import { CheckerThread } from './checker-thread.js';

export interface ModelCheckerOptions {
  /** Absolute path of a CommonJS file that calls `serveModelChecks()`. */
  readonly script: string;
  /** Most threads at a time; each is started when it is first needed. */
  readonly threads: number;
  /** From the moment a thread gets the model; waiting in line does not count. */
  readonly timeLimitMs: number;
  /** Limit of a thread's V8 heap during a check, and of its heap, buffers and WASM together to be used again. */
  readonly memoryMb: number;
  readonly logger?: { warn(message: string, fields: Record<string, unknown>): void };
}

export interface ModelChecker {
  /**
   * Runs `checkModel` in a thread, first come, first served. The GLB is copied to the thread; an unchanged one comes
   * back as the same object.
   * @throws ModelRefused, Failure `crash` (`crash.model_check`) when the thread died, the signal's reason
   */
  check(glb: Uint8Array, want: WantedModel, signal: AbortSignal): Promise<CheckedModel>;
  /** Ends all threads. Checks that wait or run reject; later ones too. */
  close(): Promise<void>;
}

export const createModelChecker = (options: ModelCheckerOptions): ModelChecker =>
  new ThreadedChecker(options);

interface Waiting {
  readonly glb: Uint8Array;
  readonly want: WantedModel;
  resolve(model: CheckedModel): void;
  reject(reason: unknown): void;
  /** Set while it runs. */
  thread?: CheckerThread;
}

class ThreadedChecker implements ModelChecker {
  readonly #options: ModelCheckerOptions;
  readonly #line: Waiting[] = [];
  readonly #idle: CheckerThread[] = [];
  readonly #busy = new Set<CheckerThread>();
  readonly #ending = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: ModelCheckerOptions) {
    this.#options = options;
  }

  async check(glb: Uint8Array, want: WantedModel, signal: AbortSignal): Promise<CheckedModel> {
    if (this.#isClosed) throw closedError();
    signal.throwIfAborted();
    let onAbort = (): void => {};
    try {
      return await new Promise<CheckedModel>((resolve, reject) => {
        const waiting: Waiting = { glb, want, resolve, reject };
        onAbort = () => this.#abort(waiting, signal.reason);
        signal.addEventListener('abort', onAbort);
        this.#line.push(waiting);
        this.#startNext();
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#line.splice(0)) waiting.reject(closedError());
    for (const thread of [...this.#idle.splice(0), ...this.#busy]) this.#end(thread, closedError());
    await Promise.all(this.#ending);
  }

  #abort(waiting: Waiting, reason: unknown): void {
    if (waiting.thread) return this.#end(waiting.thread, reason);
    this.#line.splice(this.#line.indexOf(waiting), 1);
    waiting.reject(reason);
  }

  #startNext(): void {
    while (this.#line.length > 0 && this.#busy.size < this.#options.threads) {
      const waiting = this.#line.shift();
      if (waiting) void this.#start(waiting);
    }
  }

  async #start(waiting: Waiting): Promise<void> {
    const { script, memoryMb, timeLimitMs, logger } = this.#options;
    const thread = this.#idleThread() ?? new CheckerThread(script, memoryMb);
    waiting.thread = thread;
    this.#busy.add(thread);
    try {
      waiting.resolve(await thread.run({ glb: waiting.glb, want: waiting.want }, timeLimitMs));
    } catch (error) {
      if (!thread.isUsable) logger?.warn('model check thread ended', { error });
      waiting.reject(error);
    }
    this.#busy.delete(thread);
    if (thread.isUsable && !this.#isClosed) this.#idle.push(thread);
    else this.#end(thread, closedError());
    this.#startNext();
  }

  #idleThread(): CheckerThread | undefined {
    for (let thread = this.#idle.pop(); thread; thread = this.#idle.pop()) if (thread.isUsable) return thread;
    return undefined;
  }

  #end(thread: CheckerThread, reason: unknown): void {
    const end = thread.stop(reason).finally(() => this.#ending.delete(end));
    this.#ending.add(end);
  }
}

const closedError = (): Error => new Error('The model checker is closed.');
