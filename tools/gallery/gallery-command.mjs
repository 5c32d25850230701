import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError, exitCodes } from '../dev/processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../dev/processes/parse-flags.mjs';
import { root } from '../dev/processes/paths.mjs';
import { run } from '../dev/processes/run.mjs';
import { setUp } from '../dev/set-up/set-up.mjs';
import { chromiumPath } from '../dev/servers/chromium.mjs';
import { describePhotos } from './describe-photos.mjs';
import { writeReport } from './write-report.mjs';

const help = `npm run gallery [-- flags]   turns photos into models and shows them from the front, side and back

  --photos DIR      photos to show: jpg, jpeg, png, webp (default: samples and samples/gallery)
  --out DIR         where the pictures and README.md go (default: docs/gallery)
  --face-limit N    most faces a model may have (default: 50000)
  --no-install      do not install Debian's chromium when there is none
  --help

Renders with Chromium and model-viewer, in software and without network. Ends with 0, 64 for wrong flags, 78 when there is
no Chromium, 130 after Ctrl-C, 1 for everything else.`;

/** @param {string[]} args */
function parseGalleryFlags(args) {
  const flags = parseFlags(args, {
    photos: { type: 'string' },
    out: { type: 'string' },
    'face-limit': { type: 'string' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  const samples = join(root, 'samples');
  return {
    help: flags.help === true,
    folders:
      flags.photos === undefined ? [samples, join(samples, 'gallery')] : [resolve(calledFrom, flags.photos)],
    out: flags.out === undefined ? join(root, 'docs/gallery') : resolve(calledFrom, flags.out),
    faceLimit: wholeNumber('--face-limit', flags['face-limit'], { min: 4, max: 1_000_000 }) ?? 50_000,
    allowInstall: flags['no-install'] !== true,
  };
}

/** Bundles the model-worker alone, whose thread makes the models. @param {AbortSignal} signal */
async function buildThread(signal) {
  const cwd = join(root, 'apps/model-worker');
  const { code, output } = await run(process.execPath, [join(root, 'tools/build.mjs')], { cwd, signal });
  if (code !== 0) throw new CommandError(`${output.trimEnd()}\n\nThe model-worker cannot be built.`);
}

/** @type {Parameters<typeof import('../dev/processes/run-main.mjs').runMain>[0]} */
export async function galleryCommand({ args, signal, log }) {
  const { help: isHelp, folders, out, faceLimit, allowInstall } = parseGalleryFlags(args);
  if (isHelp) {
    log(help);
    return exitCodes.ok;
  }
  const photos = describePhotos(folders);
  await setUp({ log, signal, build: false });
  await buildThread(signal);
  const browser = await chromiumPath({ log, signal, allowInstall });
  mkdirSync(out, { recursive: true });
  // Packages are there only now.
  const { makeModels } = await import('./make-models.mjs');
  const { renderModels } = await import('./render-models.mjs');
  const models = await makeModels(photos, { faceLimit, log, signal });
  await renderModels(models, { browser, out, log, signal });
  const report = writeReport(models, { out, faceLimit });
  await run(join(root, 'node_modules/.bin/prettier'), ['--write', report], { signal });
  log(`✓ ${models.length} models shown in ${report}`);
  return exitCodes.ok;
}
