import { Worker } from 'node:worker_threads';
import type { Model, OnProgress } from '../generate-model.js';
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
  #running: RunningTask | undefined;
  #finishedTasks = 0;
  #memoryBytes = 0;
  #isAlive = true;

  constructor(script: string, memoryMb: number) {
    this.#memoryMb = memoryMb;
    this.#worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    this.#worker.on('message', (message: ThreadMessage) => this.#hear(message));
    this.#worker.on('error', (error) => this.#die(this.#deathBy(error)));
    this.#worker.on('exit', (code) =>
      this.#die(new ThreadDied('crash', `The thread exited with code ${code}.`)),
    );
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

  /** Ends the thread at once; a running task rejects with `reason`. Settles when the thread is gone. */
  async stop(reason: unknown): Promise<void> {
    this.#die(reason);
    await this.#worker.terminate();
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
