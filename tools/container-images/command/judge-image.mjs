import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../dev/processes/paths.mjs';
import { productVersion } from '../build/build-image.mjs';
import { configProblems } from '../checks/config-problems.mjs';
import { contentProblems, developmentPackages } from '../checks/content-problems.mjs';
import { goalOf } from '../checks/image-goals.mjs';
import { listFiles, totalBytes } from '../checks/list-files.mjs';
import { presentPackages } from '../checks/present-packages.mjs';
import { sbomProblems } from '../checks/sbom-problems.mjs';
import { externalPackages } from '../pack/read-bundles.mjs';
import { probeImage } from '../running/probe-image.mjs';

const files = ['main.js', 'sbom.cdx.json', 'licenses.txt'];
/** Beside the service. @param {string} service */
const programsOf = (service) => (service === 'maintenance-worker' ? ['bootstrap.js'] : []);

/** An image's variables, as an object. @param {string[]} list */
export const variablesOf = (list) =>
  Object.fromEntries(
    list.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/** @param {string} service @param {number} bytes */
const sizeProblems = (service, bytes) =>
  bytes <= goalOf(service) * 1e6
    ? []
    : [`it takes ${(bytes / 1e6).toFixed(0)} MB, more than the ${goalOf(service)} MB that were the goal`];

/**
 * Everything that can be said of an image before it serves.
 * @param {{ service: string, rootfs: string, facts: import('../build/buildah.mjs').ImageFacts, unwanted: string[] }} image
 * @returns {Promise<{ bytes: number, files: number, packages: number, problems: string[] }>}
 */
export async function judgeImage({ service, rootfs, facts, unwanted }) {
  const entries = listFiles(rootfs);
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const app = join(rootfs, 'app');
  const programs = programsOf(service);
  // a bundle also names packages that it can do without; those are not in the lock
  const external = externalPackages(app).filter((name) => `node_modules/${name}` in locked);
  const env = variablesOf(facts.config.Env ?? []);
  const probe = await probeImage(rootfs, env, { packages: external, programs });
  const present = presentPackages(rootfs, probe.nodeVersion);
  const sbom = readFileSync(join(app, 'sbom.cdx.json'), 'utf8');
  const bytes = totalBytes(entries);
  return {
    bytes,
    files: entries.filter(({ kind }) => kind === 'file').length,
    packages: new Set([...present.bundled, ...present.installed]).size,
    problems: [
      ...sizeProblems(service, bytes),
      ...configProblems(service, facts, { version: productVersion(), unwanted }),
      ...contentProblems(entries, {
        devDependencies: developmentPackages(locked),
        files: [...files, ...programs],
      }),
      ...sbomProblems(sbom, present),
      ...unwanted.filter((word) => sbom.includes(word)).map((word) => `the SBOM shows "${word}"`),
      ...probe.problems,
    ],
  };
}
