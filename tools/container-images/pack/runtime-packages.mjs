import { execFileSync } from 'node:child_process';

/** @param {string} program @param {string[]} args */
const said = (program, args) => execFileSync(program, args, { encoding: 'utf8' });

/**
 * Paths of the shared libraries in the output of `ldd`, without the folder that Debian has in two places.
 * @param {string} output
 */
export const librariesIn = (output) =>
  output.split('\n').flatMap((line) => {
    const path = /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1];
    return path === undefined ? [] : [path.replace(/^\/(usr\/)?/, '')];
  });

/**
 * The Debian packages that Node and native modules load from, and the one that says which Debian this is.
 * @returns {string[]}
 */
export function runtimePackages() {
  const libraries = librariesIn(said('ldd', [process.execPath]));
  const owners = libraries.flatMap((path) =>
    said('dpkg-query', ['--search', `*${path}`])
      .split('\n')
      .flatMap((line) => /^([^:, ]+)(?::\w+)?: /.exec(line)?.[1] ?? []),
  );
  // not needed by Node, but by every native module in C++
  return [...new Set([...owners, 'libstdc++6', 'libgcc-s1', 'base-files'])].sort();
}

/**
 * @param {string} name
 * @returns {{ name: string, version: string, arch: string }}
 */
export function debianPackage(name) {
  const [version = '', arch = ''] = said('dpkg-query', ['-W', '-f=${Version} ${Architecture}', name]).split(
    ' ',
  );
  return { name, version, arch };
}

/** The paths of a Debian package, some of which a slim Debian has not. @param {string} name */
export const debianPaths = (name) =>
  said('dpkg-query', ['-L', name])
    .split('\n')
    .filter((path) => path.startsWith('/') && path !== '/.');

/** What dpkg knows of a package. @param {string} name */
export const debianStatus = (name) => said('dpkg-query', ['-s', name]);
