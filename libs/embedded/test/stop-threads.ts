// A process that ends ten generator threads at different moments of loading and inference, and then still makes a model.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { createThreadPool, type ModelOptions } from '../src/index.js';
import { samples } from './mask-scenes.js';

const options: ModelOptions = { faceLimit: 500, texture: 'no' };
const image = readFileSync(join(samples, 'coffee.png'));
const script = join(__dirname, process.argv[2] ?? '');
const newPool = (): ReturnType<typeof createThreadPool> =>
  createThreadPool({ script, threads: 5, tasksPerThread: 100, memoryMb: 400, timeLimitMs: 60_000 });

async function run(): Promise<void> {
  const pool = newPool();
  const reasons = Array.from({ length: 10 }, async (_, index) => {
    const stop = new AbortController();
    const made = pool.run(image, options, {
      signal: stop.signal,
      // moments that differ, so that some threads end while they load, some while they infer, some while they wait
      onProgress: (stage) => {
        if (stage === 'mask') void after(index * 90).then(() => stop.abort('stopped'));
      },
    });
    return made.then(
      () => 'made',
      (error: unknown) => error,
    );
  });
  const ends = await Promise.all(reasons);
  const { faces } = await pool.run(image, options);
  const last = [pool.run(image, options), pool.run(image, options)].map((made) =>
    made.catch(() => undefined),
  );
  await after(100);
  await pool.close();
  await Promise.all(last);
  const isFine = faces === 500 && ends.every((end) => end === 'stopped' || end === 'made');
  process.exitCode = isFine ? 0 : 9;
}

void run();
