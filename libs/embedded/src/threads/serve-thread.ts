import { parentPort } from 'node:worker_threads';
import { generateModel } from '../generate-model.js';
import { toPlainError, type ThreadMessage, type ThreadTask } from './thread-messages.js';

/**
 * The body of a pool's thread script: answers one task after the other until the pool ends the thread.
 * @param generate what a task runs; another function only in tests
 */
export function serveThread(generate: typeof generateModel = generateModel): void {
  const port = parentPort;
  if (!port) throw new Error('serveThread() runs in a worker thread only.');
  const answer = (message: ThreadMessage, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const run = async ({ image, options }: ThreadTask): Promise<void> => {
    try {
      const model = await generate(image, options, (stage, percent) =>
        answer({ type: 'progress', stage, percent }),
      );
      answer({ type: 'done', model, memoryBytes: memoryBytes() }, [model.glb.buffer]);
    } catch (thrown) {
      answer({ type: 'failed', error: toPlainError(thrown), memoryBytes: memoryBytes() });
    }
  };
  port.on('message', (task: ThreadTask) => void run(task));
}

/** In a thread, all numbers but rss are the thread's own; `external` includes array buffers and WASM memories. */
function memoryBytes(): number {
  const { heapTotal, external } = process.memoryUsage();
  return heapTotal + external;
}
