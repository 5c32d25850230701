import { build } from 'esbuild';
import { validateBytes } from 'gltf-validator';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, runDir } from '../dev/processes/paths.mjs';

/** @typedef {import('@image2model/embedded').Model} Model */
/** @typedef {import('@image2model/embedded').MeshReport} MeshReport */
/** @typedef {import('./describe-photos.mjs').GalleryPhoto & { model: Model, seconds: number, cpuSeconds: number, report: MeshReport, issues: number }} GalleryModel */

/** The thread that the model-worker runs, as it was bundled. */
const threadScript = join(root, 'apps/model-worker/dist/embedded-thread.js');

/**
 * Makes and checks a model of each photo, one after the other in one thread of the library's pool. The thread has made
 * one model before, so the seconds are those of a worker that is warm.
 * @param {import('./describe-photos.mjs').GalleryPhoto[]} photos
 * @param {{ faceLimit: number, log: (text: string) => void, signal: AbortSignal }} options
 * @returns {Promise<GalleryModel[]>}
 */
export async function makeModels(photos, { faceLimit, log, signal }) {
  const { createThreadPool, inspectMesh } = await loadLibrary();
  const pool = createThreadPool({
    script: threadScript,
    threads: 1,
    tasksPerThread: photos.length + 1,
    memoryMb: 1000,
    timeLimitMs: 120_000,
  });
  const make = (/** @type {string} */ path) =>
    pool.run(readFileSync(path), { faceLimit, texture: 'standard' }, { signal });
  try {
    const [first] = photos;
    if (first) await make(first.path);
    const models = [];
    for (const photo of photos) {
      const [started, cpuBefore] = [performance.now(), process.cpuUsage()];
      const model = await make(photo.path);
      const seconds = (performance.now() - started) / 1000;
      const { user, system } = process.cpuUsage(cpuBefore);
      const cpuSeconds = (user + system) / 1e6;
      const { issues } = await validateBytes(new Uint8Array(model.glb));
      const found = issues.numErrors + issues.numWarnings + issues.numInfos;
      models.push({ ...photo, model, seconds, cpuSeconds, report: inspectMesh(model.glb), issues: found });
      log(`✓ ${photo.name}: ${model.faces} faces in ${seconds.toFixed(2)} s`);
    }
    return models;
  } finally {
    await pool.close();
  }
}

/** The library as plain JavaScript. @returns {Promise<typeof import('@image2model/embedded')>} */
async function loadLibrary() {
  const outfile = join(runDir, 'gallery/embedded.mjs');
  await build({
    entryPoints: [join(root, 'libs/embedded/src/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}
