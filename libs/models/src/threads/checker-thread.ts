import { Worker } from 'node:worker_threads';
import { Failure } from '@image2model/contracts';
import type { CheckedModel } from '../check-model.js';
import { ModelRefused } from '../model-refused.js';
import type { ThreadAnswer, ThreadTask } from './thread-messages.js';

interface Running {
  readonly glb: Uint8Array;
  readonly timer: NodeJS.Timeout;
  resolve(model: CheckedModel): void;
  reject(reason: unknown): void;
}

/** One thread, whose script calls `serveModelChecks()`. It keeps the process alive only while it has a task. */
export class CheckerThread {
  readonly #worker: Worker;
  readonly #memoryMb: number;
  #running: Running | undefined;
  #isUsable = true;

  constructor(script: string, memoryMb: number) {
    this.#memoryMb = memoryMb;
    this.#worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    this.#worker.on('message', (answer: ThreadAnswer) => this.#hear(answer));
    this.#worker.on('error', (error) => this.#die(died(`The thread of a model check crashed.`, error)));
    this.#worker.on('exit', () => this.#die(died('The thread of a model check ended.', undefined)));
    this.#worker.unref();
  }

  /** False once it died, was stopped or holds too much memory: it takes no task any more. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** One task at a time. @throws ModelRefused, or Failure `crash` when the thread died or took too long */
  run(task: ThreadTask, timeLimitMs: number): Promise<CheckedModel> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        void this.stop(died(`A model check was stopped at its time limit of ${timeLimitMs} ms.`, undefined));
      };
      this.#running = { glb: task.glb, resolve, reject, timer: setTimeout(late, timeLimitMs) };
      this.#worker.ref();
      this.#worker.postMessage(task);
    });
  }

  /** A running task rejects with `reason` at once. Settles when the thread is gone. */
  async stop(reason: unknown): Promise<void> {
    this.#die(reason);
    await this.#worker.terminate();
  }

  #hear(answer: ThreadAnswer): void {
    if (answer.memoryBytes > this.#memoryMb * 2 ** 20) this.#isUsable = false;
    const running = this.#endTask();
    if (running === undefined) return;
    if (answer.type === 'passed') running.resolve({ ...answer.model, glb: answer.model.glb ?? running.glb });
    else if (answer.type === 'refused') running.reject(new ModelRefused(answer.code, answer.message));
    else running.reject(plainError(answer));
  }

  #die(reason: unknown): void {
    this.#isUsable = false;
    this.#endTask()?.reject(reason);
  }

  #endTask(): Running | undefined {
    const running = this.#running;
    this.#running = undefined;
    clearTimeout(running?.timer);
    this.#worker.unref();
    return running;
  }
}

const died = (message: string, cause: unknown): Failure =>
  new Failure('crash', message, { code: 'crash.model_check', cause });

function plainError({ message, stack }: { message: string; stack: string | undefined }): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
