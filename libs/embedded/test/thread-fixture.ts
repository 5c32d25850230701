// A pool thread whose tasks do what their "image" says: for the tests of the pool.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImageError, serveThread, type Model } from '../src/index.js';

const kept: unknown[] = [];
let tasks = 0;

serveThread(async (image, { faceLimit }, onProgress) => {
  const order = new TextDecoder().decode(image);
  tasks++;
  onProgress?.('decode', 0);
  if (order === 'exit') process.exit(3);
  if (order === 'throw-outside') setTimeout(() => explode(), 0);
  if (order === 'truncated') throw new ImageError('input.truncated', 'cut');
  if (order === 'fail') throw new RangeError('no such thing');
  if (order === 'buffers') kept.push(new Uint8Array(64 * 2 ** 20).fill(1));
  while (order === 'loop');
  while (order === 'heap') kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })));
  if (order !== 'fast') await sleep(faceLimit);
  return answer();
});

function explode(): never {
  throw new Error('outside of any task');
}

/** Tells which thread answered, and how many tasks it has had. */
async function answer(): Promise<Model> {
  const { threadId } = await import('node:worker_threads');
  return { glb: new Uint8Array(8), faces: tasks, vertices: threadId, relief: false };
}
