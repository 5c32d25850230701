import { cpSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isNeverLoaded, isLeftOut } from './left-out.mjs';
import { findPackage, manifestOf } from './package-folders.mjs';

/**
 * What a package needs at run time, as far as it is installed: optional ones are those of this platform.
 * @param {string} folder
 */
export function dependenciesOf(folder) {
  const { name, dependencies, optionalDependencies } = manifestOf(folder);
  return Object.keys({ ...dependencies, ...optionalDependencies })
    .filter((dependency) => !isNeverLoaded(name, dependency))
    .flatMap((dependency) => {
      const found = findPackage(dependency, folder);
      if (found === null && optionalDependencies?.[dependency] === undefined)
        throw new Error(`${name} needs ${dependency}, which is not installed; npm ci brings it`);
      return found ?? [];
    });
}

/**
 * Folders of these packages and of everything they need. One that is not installed is left out: the bundler refuses a
 * package that it cannot find, unless the code that asks for it can do without.
 * @param {string[]} names @param {string} from the app's folder
 */
export function packagesWithDependencies(names, from) {
  const found = new Set();
  const open = names.flatMap((name) => findPackage(name, from) ?? []);
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    open.push(...dependenciesOf(folder));
  }
  return /** @type {string[]} */ ([...found].sort());
}

/**
 * Copies packages, without what nothing loads, to where Node finds them from the image's /app.
 * @param {string[]} folders @param {string} out the image's /app
 */
export function copyPackages(folders, out) {
  for (const folder of folders) {
    const { name } = manifestOf(folder);
    const place = folder.slice(folder.indexOf('/node_modules/') + 1);
    cpSync(folder, join(out, place), {
      recursive: true,
      filter: (source) => source === folder || !isLeftOut(name, relative(folder, source)),
    });
  }
}
