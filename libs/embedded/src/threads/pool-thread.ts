import { Worker } from 'node:worker_threads';
import type { Model, OnProgress } from '../generate-model.js';
import { endsItself, giveUpTurn, sharedNumber, type NativeTurn } from './native-turn.js';
import { ThreadDied } from './thread-died.js';
import { fromPlainError, type ThreadMessage, type ThreadTask } from './thread-messages.js';

interface RunningTask {
  readonly resolve: (model: Model) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: OnProgress;
  readonly timer: NodeJS.Timeout;
}

/** One thread, whose script ends in `serveThread()`. It keeps the process alive only while it has a task. */
export class PoolThread {
  readonly #worker: Worker;
  readonly #memoryMb: number;
  readonly #turn: NativeTurn;
  readonly #gone: Promise<void>;
  #running: RunningTask | undefined;
  #finishedTasks = 0;
  #memoryBytes = 0;
  #isAlive = true;

  /** @param turns who of the pool is in native code (native-turn.ts) @param thread its number there, from 1 */
  constructor(script: string, memoryMb: number, turns: NativeTurn['holder'], thread: number) {
    this.#memoryMb = memoryMb;
    this.#turn = { holder: turns, ending: sharedNumber(), thread };
    this.#worker = new Worker(script, {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      workerData: { nativeTurn: this.#turn },
    });
    this.#worker.on('message', (message: ThreadMessage) => this.#hear(message));
    this.#worker.on('error', (error) => this.#die(this.#deathBy(error)));
    this.#gone = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        giveUpTurn(this.#turn);
        this.#die(new ThreadDied('crash', `The thread exited with code ${code}.`));
        resolve();
      });
    });
    this.#worker.unref();
  }

  /** Tasks that ended here, well or badly. */
  get finishedTasks(): number {
    return this.#finishedTasks;
  }

  /** As reported after the last task: heap, buffers and WASM. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** False once it has died or was stopped; it will never take a task again. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** One task at a time. Rejects with the task's own error, or with ThreadDied. */
  run(task: ThreadTask, timeLimitMs: number, onProgress: OnProgress): Promise<Model> {
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        const message = `The task was stopped at its time limit of ${timeLimitMs} ms.`;
        void this.stop(new ThreadDied('time-limit', message));
      };
      this.#running = { resolve, reject, onProgress, timer: setTimeout(expire, timeLimitMs) };
      this.#worker.ref();
      this.#worker.postMessage(task);
    });
  }

  /**
   * A running task rejects with `reason` at once, and the thread ends: at once too, or after its turn in native code.
   * Settles when the thread is gone.
   */
  async stop(reason: unknown): Promise<void> {
    this.#die(reason);
    this.#worker.ref();
    if (!endsItself(this.#turn)) await this.#worker.terminate();
    await this.#gone;
  }

  #hear(message: ThreadMessage): void {
    if (message.type === 'progress') {
      this.#running?.onProgress(message.stage, message.percent);
      return;
    }
    this.#finishedTasks++;
    this.#memoryBytes = message.memoryBytes;
    const task = this.#endTask();
    if (message.type === 'done') task?.resolve(message.model);
    else task?.reject(fromPlainError(message.error));
  }

  #die(reason: unknown): void {
    this.#isAlive = false;
    this.#endTask()?.reject(reason);
  }

  #endTask(): RunningTask | undefined {
    const task = this.#running;
    this.#running = undefined;
    clearTimeout(task?.timer);
    this.#worker.unref();
    return task;
  }

  /** Errors of threads are plain objects of another realm in some test runners, so only the code counts. */
  #deathBy(error: unknown): ThreadDied {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? new ThreadDied('memory', `The thread's heap passed its limit of ${this.#memoryMb} MB.`, {
          cause: error,
        })
      : new ThreadDied('crash', `The thread crashed: ${String(error)}`, { cause: error });
  }
}
