import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @typedef {Record<string, { objects: number, bytes: number }>} Stored by kind of object */

/** What the keys of one batch are. @param {string} key below the batch */
export function kindOf(key) {
  const [top = '', ...rest] = key.split('/');
  if (rest.length === 0) return 'batch';
  if (top === 'models') return key.endsWith('.json') ? 'sidecar' : 'model';
  return top.replace(/s$/, '');
}

/** @param {string} dir @returns {string[]} */
const filesBelow = (dir) =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(dir, entry.name)) : [join(dir, entry.name)],
  );

/**
 * What file storage holds for a batch.
 * @param {string} storage @param {string} batchId
 * @returns {Stored}
 */
export function storedObjects(storage, batchId) {
  const dir = join(storage, 'batches', batchId);
  /** @type {Stored} */
  const stored = {};
  for (const file of existsSync(dir) ? filesBelow(dir) : []) {
    const kind = kindOf(relative(dir, file));
    const { objects, bytes } = stored[kind] ?? { objects: 0, bytes: 0 };
    stored[kind] = { objects: objects + 1, bytes: bytes + statSync(file).size };
  }
  return stored;
}
