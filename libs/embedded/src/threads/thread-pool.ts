import type { Model, ModelOptions, OnProgress } from '../generate-model.js';
import { sharedNumber } from './native-turn.js';
import { PoolThread } from './pool-thread.js';
import { ThreadDied, type ThreadDeath } from './thread-died.js';
import type { ThreadTask } from './thread-messages.js';

/** Why a thread is not used again: after its tasks, for its memory (or dead of it), by a limit, a crash, an abort, or at the end. */
export type Replacement = ThreadDeath | 'planned' | 'aborted' | 'closed';

export interface ThreadPoolOptions {
  /** Absolute path of a CommonJS file that calls `serveThread()`. */
  readonly script: string;
  /** Most threads at a time; each is started when it is first needed. */
  readonly threads: number;
  /** A thread is replaced after this many tasks. */
  readonly tasksPerThread: number;
  /**
   * Limit of a thread's V8 heap during a task, and of its heap, buffers and WASM together after a task: beyond it the
   * thread is replaced. The ONNX runtime's native memory is not counted: about
   * 40 MB a thread, and 200 MB for the one of a pool that is looking for an object.
   */
  readonly memoryMb: number;
  /** From the moment a thread gets the task; waiting in the queue does not count. */
  readonly timeLimitMs: number;
  readonly logger?: PoolLogger;
  /** Called for every thread that is not used again. */
  readonly onReplaced?: (why: Replacement) => void;
}

export interface PoolLogger {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

export interface RunOptions {
  /** Takes the task out of the queue, or ends its thread; `run` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface ThreadPool {
  /**
   * Runs `generateModel` in a thread, first come, first served. The image is copied to the thread, the GLB is moved.
   * @throws ImageError, ThreadDied, the signal's reason, or what `generateModel` threw
   */
  run(image: Uint8Array, options: ModelOptions, how?: RunOptions): Promise<Model>;
  /** Ends all threads. Tasks that wait or run reject; later ones too. */
  close(): Promise<void>;
}

export function createThreadPool(options: ThreadPoolOptions): ThreadPool {
  // eslint-disable-next-line no-restricted-properties -- set, not read: the saliency model's native runtime else reports its use to its maker
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  return new LazyThreadPool(options);
}

/** A task from `run` until its thread is done with it. */
interface PendingTask {
  readonly task: ThreadTask;
  readonly onProgress: OnProgress;
  resolve(model: Model): void;
  reject(reason: unknown): void;
  /** Set while it runs. */
  thread?: PoolThread;
}

class LazyThreadPool implements ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #queue: PendingTask[] = [];
  readonly #idle: PoolThread[] = [];
  readonly #busy = new Set<PoolThread>();
  readonly #ending = new Set<Promise<void>>();
  readonly #turns = sharedNumber();
  #started = 0;
  #isClosed = false;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
  }

  async run(image: Uint8Array, options: ModelOptions, how: RunOptions = {}): Promise<Model> {
    const { signal, onProgress = () => {} } = how;
    if (this.#isClosed) throw closedError();
    signal?.throwIfAborted();
    let onAbort = (): void => {};
    try {
      return await new Promise<Model>((resolve, reject) => {
        const pending: PendingTask = { task: { image, options }, onProgress, resolve, reject };
        onAbort = () => this.#abort(pending, signal?.reason);
        signal?.addEventListener('abort', onAbort);
        this.#queue.push(pending);
        this.#startNext();
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const pending of this.#queue.splice(0)) pending.reject(closedError());
    for (const thread of [...this.#idle.splice(0), ...this.#busy]) this.#retire(thread, closedError());
    await Promise.all(this.#ending);
  }

  #abort(pending: PendingTask, reason: unknown): void {
    if (pending.thread) return this.#retire(pending.thread, reason);
    this.#queue.splice(this.#queue.indexOf(pending), 1);
    pending.reject(reason);
  }

  #startNext(): void {
    while (this.#queue.length > 0 && this.#busy.size < this.#options.threads) {
      const pending = this.#queue.shift();
      if (pending) void this.#start(pending);
    }
  }

  async #start(pending: PendingTask): Promise<void> {
    const { script, memoryMb, timeLimitMs, logger } = this.#options;
    const thread = takeLiving(this.#idle) ?? new PoolThread(script, memoryMb, this.#turns, ++this.#started);
    pending.thread = thread;
    this.#busy.add(thread);
    let death: ThreadDeath | undefined;
    try {
      pending.resolve(await thread.run(pending.task, timeLimitMs, pending.onProgress));
    } catch (error) {
      if (error instanceof ThreadDied) {
        death = error.reason;
        logger?.warn('embedded thread died', { error });
      }
      pending.reject(error);
    }
    this.#release(thread, death);
    this.#startNext();
  }

  #release(thread: PoolThread, death: ThreadDeath | undefined): void {
    this.#busy.delete(thread);
    const why = this.#isClosed ? 'closed' : (death ?? reasonToReplace(thread, this.#options));
    if (why === undefined) {
      this.#idle.push(thread);
      return;
    }
    const { finishedTasks, memoryBytes } = thread;
    this.#options.logger?.info('embedded thread ends', { why, finishedTasks, memoryBytes });
    this.#options.onReplaced?.(why);
    this.#retire(thread, undefined);
  }

  #retire(thread: PoolThread, reason: unknown): void {
    const end = thread.stop(reason).finally(() => this.#ending.delete(end));
    this.#ending.add(end);
  }
}

function reasonToReplace(thread: PoolThread, options: ThreadPoolOptions): Replacement | undefined {
  if (!thread.isAlive) return 'aborted';
  if (thread.finishedTasks >= options.tasksPerThread) return 'planned';
  return thread.memoryBytes > options.memoryMb * 2 ** 20 ? 'memory' : undefined;
}

function takeLiving(idle: PoolThread[]): PoolThread | undefined {
  for (let thread = idle.pop(); thread; thread = idle.pop()) if (thread.isAlive) return thread;
  return undefined;
}

const closedError = (): Error => new Error('The thread pool is closed.');
