// Every command imports this file before anything else, so it keeps to syntax and imports that old Node versions know.
import { readFileSync } from 'node:fs';

/** Lowest version in a range of the form `>=20.19`, as numbers. @param {string} range */
export function floorOf(range) {
  return range
    .replace(/[^0-9.]/g, '')
    .split('.')
    .map(Number);
}

/**
 * Whether a version such as `20.19.0` is at least `[20, 19]`.
 * @param {string} version @param {number[]} floor
 */
export function isAtLeast(version, floor) {
  const parts = version.split('.').map(Number);
  const differing = floor.findIndex((part, i) => (parts[i] || 0) !== part);
  return differing === -1 || (parts[differing] || 0) > (floor[differing] || 0);
}

/** Ends the process with 78 (bad configuration) when Node is older than package.json's `engines` allow. */
export function requireNode() {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const range = manifest.engines.node;
  if (isAtLeast(process.versions.node, floorOf(range))) return;
  console.error(
    `image2model needs Node ${range}; this is ${process.version}.\n` +
      'Install a newer one (https://nodejs.org, or `nvm install 22`) and run the same command again.',
  );
  process.exit(78);
}
