import { goalOf } from '../checks/image-goals.mjs';

/** @typedef {{ name: string, bytes: number, files: number, packages: number, readyS: number | null, stopS: number | null, problems: string[] }} Row */

const header = ['image', 'MB', 'goal', 'files', 'packages', 'ready s', 'stop s', ''];

/** @param {number | null} seconds */
const inSeconds = (seconds) => (seconds === null ? '' : seconds.toFixed(1));

/** @param {Row} row */
const cells = ({ name, bytes, files, packages, readyS, stopS, problems }) => [
  name,
  (bytes / 1e6).toFixed(0),
  `≤ ${goalOf(name)}`,
  String(files),
  String(packages),
  inSeconds(readyS),
  inSeconds(stopS),
  problems.length === 0 ? '✓' : `✗ ${problems.length}`,
];

/**
 * One line an image.
 * @param {Row[]} rows
 */
export function imageTable(rows) {
  const lines = [header, ...rows.map(cells)];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (/** @type {string} */ text, /** @type {number} */ column) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}
