import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { photoType } from '../dev/demo/photos.mjs';
import { pictureFile, pictureSide, thumbnailSide, views } from './views.mjs';

const require = createRequire(import.meta.url);
/** WebGL in software: the pictures do not depend on the machine's graphics. */
const browserFlags = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-gpu-watchdog',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/** A browser and its first page may take long on a busy machine. */
const startLimitMs = 120_000;

/**
 * Renders every model from all sides, and a thumbnail of its photo, as WebP files.
 * @param {import('./make-models.mjs').GalleryModel[]} models
 * @param {{ browser: string, out: string, log: (text: string) => void, signal: AbortSignal }} options
 */
export async function renderModels(models, { browser, out, log, signal }) {
  const server = await serve(models);
  let page = await openPage(browser, server.origin);
  const stop = () => void page.context().browser()?.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (const { name } of models) {
      let pictures;
      try {
        pictures = await showModel(page, name);
      } catch (error) {
        signal.throwIfAborted();
        // Software WebGL on a busy machine: now and then the browser gives up.
        log(`once more, in a new browser: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
        stop();
        page = await openPage(browser, server.origin);
        pictures = await showModel(page, name);
      }
      for (const [view, base64] of Object.entries(pictures)) {
        writeFileSync(join(out, pictureFile(name, view)), Buffer.from(base64, 'base64'));
      }
      log(`✓ ${name} shown`);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    server.close();
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @returns {Promise<Record<string, string>>} WebP pictures in base64, by view
 */
function showModel(page, name) {
  const what = {
    model: `models/${name}.glb`,
    photo: `photos/${name}`,
    views,
    side: pictureSide,
    thumbnailSide,
  };
  return page.evaluate(`showModel(${JSON.stringify(what)})`);
}

/** The page in a browser of its own. @param {string} executablePath @param {string} origin */
async function openPage(executablePath, origin) {
  // Chromium refuses its sandbox to root.
  const args = process.getuid?.() === 0 ? [...browserFlags, '--no-sandbox'] : browserFlags;
  const browser = await chromium.launch({ executablePath, args, timeout: startLimitMs });
  const page = await browser.newPage({ viewport: { width: 600, height: 600 }, deviceScaleFactor: 1 });
  await page.route('**/*', (route) => {
    const url = route.request().url();
    return /^(data|blob):/.test(url) || url.startsWith(origin) ? route.continue() : route.abort();
  });
  page.on('pageerror', (error) => console.error(`in the page: ${error.message}`));
  await page.goto(`${origin}/`, { timeout: startLimitMs });
  return page;
}

/**
 * A loopback server for the page, its scripts, the photos and the models.
 * @param {import('./make-models.mjs').GalleryModel[]} models
 */
async function serve(models) {
  const file = (/** @type {string} */ path, /** @type {string} */ type) => () => ({
    body: readFileSync(path),
    type,
  });
  const local = (/** @type {string} */ name) => join(import.meta.dirname, 'page', name);
  /** @type {Map<string, () => { body: Uint8Array, type: string }>} */
  const answers = new Map([
    ['/', file(local('index.html'), 'text/html')],
    ['/show-model.js', file(local('show-model.js'), 'text/javascript')],
    [
      '/model-viewer.js',
      file(require.resolve('@google/model-viewer/dist/model-viewer.min.js'), 'text/javascript'),
    ],
    ...models.map(
      ({ name, path }) => /** @type {const} */ ([`/photos/${name}`, file(path, photoType(path) ?? '')]),
    ),
    ...models.map(
      ({ name, model }) =>
        /** @type {const} */ ([
          `/models/${name}.glb`,
          () => ({ body: model.glb, type: 'model/gltf-binary' }),
        ]),
    ),
  ]);
  const server = createServer((request, response) => {
    const answer = answers.get(decodeURIComponent(request.url ?? ''))?.();
    response.writeHead(answer ? 200 : 404, { 'content-type': answer?.type ?? 'text/plain' });
    response.end(answer?.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
