import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * @typedef {{ name: string, version: string, license?: unknown, licenses?: unknown, dependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string> }} Manifest
 */

/** @param {string} folder a package's @returns {Manifest} */
export const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * The folder of the package to which a file below some node_modules belongs, or null for our own files.
 * @param {string} file
 */
export function packageFolderOf(file) {
  const marker = '/node_modules/';
  const at = file.lastIndexOf(marker);
  if (at === -1) return null;
  const below = file.slice(at + marker.length).split('/');
  const name = below.slice(0, below[0]?.startsWith('@') ? 2 : 1).join('/');
  return file.slice(0, at + marker.length) + name;
}

/**
 * Where Node finds a package from a folder, or null when it is not installed.
 * @param {string} name @param {string} from
 */
export function findPackage(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return null;
  }
}

/**
 * A package's path as package-lock.json writes it.
 * @param {string} folder @param {string} root of the checkout
 */
export const lockPath = (folder, root) => relative(root, folder);
