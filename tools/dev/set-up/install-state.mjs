import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, extraneous?: boolean, os?: string[], cpu?: string[] }} Package
 */

/** @param {string} file @returns {any} null when it is absent or not JSON */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** @param {string} root @returns {Record<string, Package>} */
const lockedPackages = (root) => readJson(join(root, 'package-lock.json'))?.packages ?? {};

/** @param {string[] | undefined} list npm's `os` and `cpu`: names, or names refused by `!` @param {string} value */
const admits = (list, value) =>
  list === undefined ||
  (!list.includes(`!${value}`) && (list.every((name) => name.startsWith('!')) || list.includes(value)));

/**
 * Folders of the workspaces; patterns are paths that may end in `/*`.
 * @param {string} root @param {string[]} patterns
 */
function workspaceFolders(root, patterns) {
  return patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    if (!existsSync(join(root, parent))) return [];
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  });
}

/** @param {string} root @param {Record<string, Package>} locked @param {Record<string, Package>} installed */
function changedPackage(root, locked, installed) {
  for (const [path, wanted] of Object.entries(locked)) {
    if (!path.includes('node_modules/')) continue;
    const there = installed[path];
    if (there === undefined && (wanted.optional || wanted.extraneous)) continue;
    if (
      there?.version !== wanted.version ||
      there?.integrity !== wanted.integrity ||
      !existsSync(join(root, path))
    ) {
      return `${path} is not what package-lock.json asks for`;
    }
  }
  return null;
}

/** npm leaves out optional packages for other machines, so one of those means that node_modules was copied from there. */
const foreignPackage = (/** @type {Record<string, Package>} */ installed) => {
  const foreign = Object.entries(installed).find(
    ([, { optional, os, cpu }]) => optional && !(admits(os, process.platform) && admits(cpu, process.arch)),
  );
  return foreign === undefined ? null : `${foreign[0]} is for another kind of machine`;
};

/**
 * Why node_modules must be installed anew, or null when it is what package-lock.json asks for.
 * @param {string} root
 * @returns {string | null}
 */
export function staleReason(root) {
  const locked = lockedPackages(root);
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (installed === undefined) return 'node_modules is missing or unfinished';
  return changedPackage(root, locked, installed) ?? foreignPackage(installed);
}

/**
 * The first dependency in a package.json that package-lock.json does not have in that version, or null. `npm ci` cannot
 * help there, only whoever changed the package.json.
 * @param {string} root
 */
export function unlockedDependency(root) {
  const locked = lockedPackages(root);
  const { workspaces = [] } = readJson(join(root, 'package.json')) ?? {};
  for (const folder of ['', ...workspaceFolders(root, workspaces)]) {
    const { dependencies, devDependencies } = readJson(join(root, folder, 'package.json')) ?? {};
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      const there = locked[join(folder, 'node_modules', name)] ?? locked[`node_modules/${name}`];
      const isExact = /^\d+\.\d+\.\d+/.test(String(range));
      if (there === undefined || (isExact && there.version !== range))
        return `${join(folder, 'package.json')}: ${name} ${range}`;
    }
  }
  return null;
}
