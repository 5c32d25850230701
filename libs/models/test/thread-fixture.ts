// A thread whose checks do what the first letters of their bytes say; `faces` is the number of the task in its thread.
import { setTimeout as after } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { ModelRefused, serveModelChecks } from '../src/index.js';

let faces = 0;
const hoard: unknown[] = [];

serveModelChecks(async (glb, { faceLimit }) => {
  faces++;
  const what = Buffer.from(glb).toString();
  if (what === 'wait') await after(faceLimit);
  if (what === 'spin') for (;;);
  if (what === 'die') process.exit(3);
  if (what === 'hoard') for (;;) hoard.push(Array.from({ length: 10_000 }, (_, at) => ({ at })));
  if (what === 'swell') hoard.push(new Uint8Array(faceLimit * 2 ** 20).fill(1));
  if (what === 'throw') throw new TypeError('a bug');
  if (what === 'refuse') throw new ModelRefused('quality.no_faces', 'none');
  if (what === 'smaller') return { glb: Buffer.from('less'), faces, vertices: threadId, simplified: true };
  return { glb, faces, vertices: threadId, simplified: false };
});
