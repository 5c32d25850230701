import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The bundler writes the file that each piece comes from above it. @param {string} text of a bundle */
export const packagesNamedIn = (text) =>
  [...text.matchAll(/^\s*\/\/ \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\/\S+$/gm)].map(([, name]) =>
    String(name),
  );

/** @param {string} folder of packages @returns {string[]} folders of all packages in it, nested ones too */
function packageFolders(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => join(name, inner)) : name,
  );
  return names.flatMap((name) => [join(folder, name), ...packageFolders(join(folder, name, 'node_modules'))]);
}

/** @param {string} status a Debian package's own description */
const debianName = (status) =>
  `${/^Package: (.+)$/m.exec(status)?.[1]}@${/^Version: (.+)$/m.exec(status)?.[1]}`;

/**
 * What an image really holds, from its files.
 * @param {string} rootfs @param {string} nodeVersion as its node says
 * @returns {import('./sbom-problems.mjs').Present}
 */
export function presentPackages(rootfs, nodeVersion) {
  const app = join(rootfs, 'app');
  const read = (/** @type {string} */ file) => readFileSync(file, 'utf8');
  const bundles = readdirSync(app).filter((name) => name.endsWith('.js'));
  const statusFolder = join(rootfs, 'var/lib/dpkg/status.d');
  const manifests = packageFolders(join(app, 'node_modules')).map((folder) =>
    JSON.parse(read(join(folder, 'package.json'))),
  );
  return {
    bundled: bundles.flatMap((name) => packagesNamedIn(read(join(app, name)))),
    installed: manifests.map(({ name, version }) => `${name}@${version}`),
    system: [
      `node@${nodeVersion}`,
      ...readdirSync(statusFolder).map((name) => debianName(read(join(statusFolder, name)))),
    ],
  };
}
