import { readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { packageFolderOf } from './package-folders.mjs';

/** `require('x')`, `require.resolve('x')` and `createRequire(…)('x')` as esbuild leaves them for what it was told to. */
const requires = /(?:\brequire|\brequire\.resolve|\)\(__filename\))\("([^"./][^"]*)"\)/g;

/** @param {string} dist @param {string} ending */
const filesOf = (dist, ending) => readdirSync(dist).filter((name) => name.endsWith(ending));

/**
 * Names of the packages that the bundles load from node_modules.
 * @param {string} dist an app's folder of bundles
 */
export function externalPackages(dist) {
  const names = filesOf(dist, '.js')
    .map((file) => readFileSync(join(dist, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(requires)].map(([, name]) => String(name)))
    .filter((name) => !isBuiltin(name));
  return [...new Set(names)].sort();
}

/**
 * Folders of the packages whose code is inside the bundles.
 * @param {string} dist
 */
export function bundledPackages(dist) {
  /** @type {string[]} as tools/build.mjs wrote them: from the app's folder */
  const inputs = JSON.parse(readFileSync(join(dist, 'inputs.json'), 'utf8'));
  const folders = inputs.flatMap((input) => packageFolderOf(resolve(dist, '..', input)) ?? []);
  return [...new Set(folders)].sort();
}
