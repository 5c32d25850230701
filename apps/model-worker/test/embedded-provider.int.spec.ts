import { buildSync } from 'esbuild';
import { mkdir, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createThreadPool } from '@image2model/embedded';
import { storageKeys } from '@image2model/storage';
import { closingAfterAll, waitFor } from '@image2model/testing';
import { createEmbeddedProvider } from '../src/adapters/embedded-provider.js';
import { openBench, type Bench } from './support/bench.js';
import { startInProcessWorker } from './support/in-process-worker.js';

/** A generator that dies on some images and makes something small of the others. */
const threadSource = `
import { ImageError, serveThread } from '@image2model/embedded';
serveThread(async (image) => {
  const text = Buffer.from(image).toString('utf8');
  if (text === 'exit') process.exit(3);
  if (text === 'abort') setImmediate(() => { throw new Error('outside of the task'); });
  if (text === 'abort') await new Promise(() => undefined);
  if (text === 'broken') throw new ImageError('input.truncated', 'cut off');
  return { glb: new Uint8Array(8), faces: 12, vertices: 8, relief: false };
});`;

/** Bundled as tools/build.mjs does it, below this app, where its packages are found. */
function buildThread(): string {
  const outfile = join(__dirname, '../out-tsc/test', `crashing-thread-${process.env['JEST_WORKER_ID']}.js`);
  buildSync({
    stdin: { contents: threadSource, resolveDir: __dirname, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    conditions: ['@image2model/source'],
    external: ['sharp', '@techstark/opencv-js'],
  });
  return outfile;
}

const closing = closingAfterAll();
let bench: Bench;
beforeAll(async () => {
  bench = closing(await openBench());
  const pool = closing(
    createThreadPool({
      script: buildThread(),
      threads: 2,
      tasksPerThread: 100,
      memoryMb: 500,
      timeLimitMs: 10_000,
    }),
  );
  closing(await startInProcessWorker(bench, createEmbeddedProvider(pool, bench.storage, 2)));
});

const newBatch = async (images: readonly string[]): Promise<string> => {
  const id = await bench.newBatch({ total: images.length, provider: 'embedded', fanOut: false });
  for (const [idx, image] of images.entries())
    await bench.storage.write(storageKeys.source(id, idx), Buffer.from(image));
  for (const idx of images.keys()) await bench.publish(id, idx);
  return id;
};
/** The file waits for its next try, and its message with it. */
const parked = (id: string, idx: number, attempts: number) =>
  waitFor(
    async () => {
      const file = await bench.file(id, idx);
      return file.attempts === attempts && file.waitingFor !== null && file;
    },
    { everyMs: 20, what: `file ${idx} parked after ${attempts} attempts` },
  );
const retries = async (): Promise<number> =>
  (await Promise.all((['5s', '15s', '60s'] as const).map((rung) => bench.delayed(rung)))).reduce(
    (a, b) => a + b,
  );

test('a thread that dies costs its own file one attempt and the others nothing', async () => {
  const id = await newBatch(['fine', 'exit', 'fine', 'abort', 'fine', 'broken', 'fine']);
  for (const idx of [1, 3])
    expect(await parked(id, idx, 1)).toMatchObject({
      state: 'running',
      waitingFor: { code: 'retry_at', detail: expect.stringMatching(/next try in (5|15)s$/) },
    });
  await waitFor(async () => (await bench.batch(id)).counts.running === 2, { what: 'the other five' });
  expect((await bench.batch(id)).counts).toMatchObject({ pending: 0, completed: 4, failed: 1 });
  expect(await bench.file(id, 5)).toMatchObject({ attempts: 1, error: { code: 'input.truncated' } });
  for (const idx of [0, 2, 4, 6])
    expect(await bench.file(id, idx)).toMatchObject({ attempts: 1, model: { faces: 12, bytes: 8 } });
  await waitFor(async () => (await retries()) === 2, { what: 'two messages on the rungs' });
  expect(await bench.delayed('60s')).toBe(0);
  // the thread died, not the worker: nothing of this counts towards poison
  expect(await bench.crashes(id, 1)).toBe(0);
});

test('a file on which three threads died fails as crash', async () => {
  const id = await newBatch(['exit']);
  for (const attempt of [1, 2]) {
    await parked(id, 0, attempt);
    // the rung would give the same message a little later; that one is then stale or done
    await bench.publish(id, 0, attempt);
  }
  await bench.waitForState(id, 'failed');
  expect(await bench.file(id, 0)).toMatchObject({
    state: 'failed',
    attempts: 3,
    waitingFor: null,
    error: { code: 'crash', message: expect.stringContaining('code 3'), retryable: true },
  });
  expect(bench.told.filter(({ batchId }) => batchId === id)).toEqual([{ batchId: id, files: [0] }]);
});

test('a file whose storage fails is tried again later, and the caller learns no path', async () => {
  const id = await bench.newBatch({ total: 2, provider: 'embedded', fanOut: false });
  // one image is missing; the other one is a link, which storage never follows and does not explain
  await mkdir(join(bench.storageDir, dirname(storageKeys.source(id, 1))), { recursive: true });
  await symlink('/dev/null', join(bench.storageDir, storageKeys.source(id, 1)));
  for (const idx of [0, 1]) {
    await bench.publish(id, idx);
    const { waitingFor } = await parked(id, idx, 1);
    expect(waitingFor?.detail).toMatch(/^storage did not answer; next try in/);
    expect(await bench.redis('HGET', `i2m:{${id}}:a:${idx}`, 'k:dependency')).toBe('1');
  }
  await unlink(join(bench.storageDir, storageKeys.source(id, 1)));
  for (const idx of [0, 1]) {
    await bench.storage.write(storageKeys.source(id, idx), Buffer.from('fine'));
    await bench.publish(id, idx, 1);
  }
  expect(await bench.waitForState(id, 'completed')).toMatchObject({ counts: { completed: 2 } });
});
