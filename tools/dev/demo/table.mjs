import { reasonOf } from './board.mjs';
import { fit, textWidth } from './text-width.mjs';

const mostNameColumns = 40;

/** @param {import('./gateway-client.mjs').BatchFile} file @param {string} name */
const cells = ({ status, model, processing_ms: ms, error }, name) => [
  textWidth(name) > mostNameColumns ? fit(name, mostNameColumns) : name,
  status,
  model === null ? '' : model.faces.toLocaleString('en-US'),
  model === null ? '' : (model.bytes / 1e6).toFixed(2),
  ms === null ? '' : (ms / 1000).toFixed(1),
  reasonOf(error) ?? '',
];

const header = ['file', 'status', 'faces', 'MB', 'seconds', ''];
const numbers = new Set([2, 3, 4]);

/**
 * What became of each photo.
 * @param {import('./gateway-client.mjs').BatchFile[]} files
 * @param {string[]} names by idx
 */
export function resultTable(files, names) {
  const rows = [header, ...files.map((file) => cells(file, names[file.idx] ?? file.name))];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => textWidth(row[column] ?? ''))));
  const align = (/** @type {string} */ text, /** @type {number} */ column) =>
    numbers.has(column) ? text.padStart(widths[column] ?? 0) : fit(text, widths[column] ?? 0);
  return rows.map((row) => row.map(align).join('  ').trimEnd()).join('\n');
}
