import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../processes/write-atomic.mjs';

/** Neither source nor bundle: what other tools leave beside them. */
const ignored = new Set(['node_modules', 'dist', 'out-tsc', 'coverage', 'test', 'README.md', '.nx']);

/** @param {string} path @param {(line: string) => void} note */
function walk(path, note) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return note(`${path} absent`);
  if (!stat.isDirectory()) return note(`${path} ${stat.size} ${stat.mtimeMs}`);
  for (const name of readdirSync(path).sort()) if (!ignored.has(name)) walk(join(path, name), note);
}

/** @param {string[]} paths */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) walk(path, (line) => hash.update(`${line}\n`));
  return hash.digest('hex');
}

/**
 * The bundles that a build must leave: one folder for each app.
 * @param {string} root
 */
const bundleFolders = (root) =>
  readdirSync(join(root, 'apps'))
    .filter((name) => existsSync(join(root, 'apps', name, 'package.json')))
    .map((name) => join(root, 'apps', name, 'dist'));

/** @param {string} root */
const stampFile = (root) => join(root, '.run', 'build-stamp');

/**
 * One hash over size and time of everything that goes into the bundles. About 10 ms, where asking nx takes seconds.
 * @param {string} root
 */
export const sourceFingerprint = (root) =>
  fingerprint(
    ['apps', 'libs', 'tools/build.mjs', 'package-lock.json', 'tsconfig.base.json', 'nx.json'].map((path) =>
      join(root, path),
    ),
  );

/** Apps whose bundle is absent. @param {string} root */
export const missingBundles = (root) =>
  bundleFolders(root).filter((folder) => !existsSync(join(folder, 'main.js')));

/**
 * Whether neither the sources nor the bundles changed since the last good build.
 * @param {string} root
 */
export function isBuilt(root) {
  if (missingBundles(root).length > 0) return false;
  try {
    const stamp = readFileSync(stampFile(root), 'utf8').trim();
    return stamp === `${sourceFingerprint(root)} ${fingerprint(bundleFolders(root))}`;
  } catch {
    return false;
  }
}

/**
 * @param {string} root
 * @param {string} built fingerprint of the sources from before the build: an edit during it makes the next one run again
 */
export const rememberBuild = (root, built) =>
  writeAtomic(stampFile(root), `${built} ${fingerprint(bundleFolders(root))}\n`);
