import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';

/** @returns {string} the version of the whole product */
export const productVersion = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** @param {string} service */
export const imageName = (service) => `image2model/${service}:${productVersion()}`;

/** The commit, or unknown outside of a checkout. */
async function revision() {
  const { code, output } = await run('git', ['rev-parse', 'HEAD'], { cwd: root });
  return code === 0 ? output.trim() : 'unknown';
}

/**
 * Builds one service's target of the Dockerfile.
 * @param {import('./buildah.mjs').Buildah} buildah @param {string} service @param {string[]} secrets flags
 */
export async function buildImage(buildah, service, secrets) {
  await buildah.do(
    [
      ...['bud', '--isolation', 'chroot', '--format', 'docker', '--layers', '--pull-never'],
      ...secrets,
      ...['--build-arg', `VERSION=${productVersion()}`, '--build-arg', `REVISION=${await revision()}`],
      ...['--target', service, '--tag', imageName(service), '.'],
    ],
    { cwd: root },
  );
  return imageName(service);
}
