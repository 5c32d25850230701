import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { pictureFile, views } from './views.mjs';

/**
 * Writes README.md: a table of the models with their pictures. Returns its path.
 * @param {import('./make-models.mjs').GalleryModel[]} models
 * @param {{ out: string, faceLimit: number }} options
 */
export function writeReport(models, { out, faceLimit }) {
  const head = ['photo', ...views.map(({ name }) => name), 'model', 'licence and source'];
  const rows = models.map((entry) => [
    `${picture(entry.name, 'photo', 120)}<br>${basename(entry.path)}<br>${entry.what}`,
    ...views.map(({ name }) => picture(entry.name, name, 220)),
    facts(entry),
    `${entry.licence}<br>${entry.source}`,
  ]);
  const slowest = (/** @type {(entry: typeof models[number]) => number} */ of) =>
    Math.max(...models.map(of)).toFixed(2);
  const [load = 0] = loadavg();
  const lines = [
    '# Gallery',
    '',
    `What the embedded generator makes of photos, at a limit of ${faceLimit} faces and the texture \`standard\`. Written by`,
    '`npm run gallery` (Chromium with software WebGL, model-viewer, its neutral light). Seconds are wall clock and processor',
    `time in one thread that is warm, on a machine with ${availableParallelism()} cores and a load of ${load.toFixed(1)}:`,
    `at most ${slowest(({ seconds }) => seconds)} s and ${slowest(({ cpuSeconds }) => cpuSeconds)} s. Stretched are faces whose texture is stretched over 5 (libs/embedded).`,
    '',
    row(head),
    row(head.map(() => '---')),
    ...rows.map(row),
    '',
  ];
  const report = join(out, 'README.md');
  writeFileSync(report, lines.join('\n'));
  return report;
}

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(' | ')} |`;

/** @param {string} name @param {string} view @param {number} width */
const picture = (name, view, width) =>
  `<img src="${encodeURIComponent(pictureFile(name, view))}" width="${width}" alt="${name}, ${view}">`;

/** @param {import('./make-models.mjs').GalleryModel} entry */
function facts({ model, seconds, cpuSeconds, report, issues }) {
  const isSound = issues === 0 && report.nonManifoldEdges === 0 && report.degenerateFaces === 0;
  return [
    model.relief ? 'framed relief' : 'object',
    `${seconds.toFixed(2)} s (CPU ${cpuSeconds.toFixed(2)} s)`,
    `${model.faces} faces`,
    `${(model.glb.length / 1e6).toFixed(2)} MB`,
    `${((100 * report.stretchedFaces) / report.faces).toFixed(2)} % stretched`,
    isSound ? 'valid, manifold' : `**${issues} validator issues, ${report.nonManifoldEdges} bad edges**`,
  ].join('<br>');
}
