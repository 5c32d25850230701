import { parentPort } from 'node:worker_threads';
import type { checkModel } from '../check-model.js';
import { ModelRefused } from '../model-refused.js';
import type { ThreadAnswer, ThreadTask } from './thread-messages.js';

/**
 * The body of a checker's thread script: answers one task after the other until the checker ends the thread.
 * @param check what a task runs; another function only in tests
 */
export function serveModelChecks(check: typeof checkModel = checkHere): void {
  const port = parentPort;
  if (!port) throw new Error('serveModelChecks() runs in a worker thread only.');
  const run = async ({ glb, want }: ThreadTask): Promise<void> => {
    const answer = await answerTo(check, { glb, want });
    const made = answer.type === 'passed' ? answer.model.glb : undefined;
    port.postMessage(answer, made === undefined ? [] : [made.buffer as ArrayBuffer]);
  };
  port.on('message', (task: ThreadTask) => void run(task));
}

async function answerTo(check: typeof checkModel, { glb, want }: ThreadTask): Promise<ThreadAnswer> {
  try {
    const model = await check(glb, want);
    const made = model.simplified ? model.glb.slice() : undefined;
    return { type: 'passed', model: { ...model, glb: made }, memoryBytes: memoryBytes() };
  } catch (thrown) {
    const memory = { memoryBytes: memoryBytes() };
    if (thrown instanceof ModelRefused)
      return { type: 'refused', code: thrown.code, message: thrown.message, ...memory };
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { type: 'failed', message: error.message, stack: error.stack, ...memory };
  }
}

/** In a thread, all numbers but rss are the thread's own; `external` includes array buffers and WASM memories. */
function memoryBytes(): number {
  const { heapTotal, external } = process.memoryUsage();
  return heapTotal + external;
}

/** Loaded in threads alone: whoever only asks for checks needs neither validator nor simplifier in memory. */
const checkHere: typeof checkModel = async (...task) =>
  (await import('../check-model.js')).checkModel(...task);
