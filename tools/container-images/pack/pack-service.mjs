// node pack-service.mjs SERVICE FOLDER   puts everything that the service's image has in /app into FOLDER
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyPackages, dependenciesOf, packagesWithDependencies } from './installed-packages.mjs';
import { licencesOf } from './licences.mjs';
import { lockPath, manifestOf } from './package-folders.mjs';
import { bundledPackages, externalPackages } from './read-bundles.mjs';
import { debianPackage, runtimePackages } from './runtime-packages.mjs';
import { makeSbom } from './sbom.mjs';

const [, , service = '', out = ''] = process.argv;
const root = join(import.meta.dirname, '../../..');
const app = join(root, 'apps', service);
const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

/** package.json's own word for its licence, whichever of its forms it has. @param {import('./package-folders.mjs').Manifest} manifest */
function licenceOf({ license, licenses }) {
  const one = license ?? (Array.isArray(licenses) ? licenses[0] : licenses);
  const name = typeof one === 'string' ? one : /** @type {{ type?: string } | undefined} */ (one)?.type;
  return name ?? null;
}

/** @param {'bundle' | 'node_modules'} place @returns {(folder: string) => import('./sbom.mjs').Part} */
const partIn = (place) => (folder) => {
  const manifest = manifestOf(folder);
  const path = lockPath(folder, root);
  return {
    ...{ folder: path, name: manifest.name, version: manifest.version, place },
    license: licenceOf(manifest),
    integrity: locked[path]?.integrity ?? null,
    needs: dependenciesOf(folder).map((needed) => lockPath(needed, root)),
  };
};

/** Bundles whose code is in the image: the service's, and the bootstrap job's beside the maintenance worker's. */
const bundles = [
  join(app, 'dist'),
  ...(service === 'maintenance-worker' ? [join(root, 'tools/bootstrap/dist')] : []),
].filter((dist) => existsSync(dist));

/** Source maps hold the sources. @param {string} source */
const isShipped = (source) => !/\.map$|\/inputs\.json$/.test(source);

mkdirSync(out, { recursive: true });
for (const dist of bundles) cpSync(dist, out, { recursive: true, filter: isShipped });

const installed = packagesWithDependencies([...new Set(bundles.flatMap(externalPackages))], app);
copyPackages(installed, out);

const inBundles = new Set(bundles.flatMap(bundledPackages).filter((folder) => !installed.includes(folder)));
const parts = [...[...inBundles].map(partIn('bundle')), ...installed.map(partIn('node_modules'))];
const sbom = makeSbom({
  service,
  version: manifestOf(app).version,
  nodeVersion: process.versions.node,
  parts,
  debian: runtimePackages().map(debianPackage),
  debianVersion: readFileSync('/etc/debian_version', 'utf8').trim(),
});
writeFileSync(join(out, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 1)}\n`);
writeFileSync(join(out, 'licenses.txt'), licencesOf(parts, root));
console.log(`${service}: ${inBundles.size} packages in the bundles, ${installed.length} beside them`);
