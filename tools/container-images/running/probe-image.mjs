import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInside } from './sandbox.mjs';

/** Tries to write everywhere; as root, so that only the mount can refuse it. */
const tryToWrite = `
const { writeFileSync } = require('node:fs');
const outcome = (path) => {
  try { writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; }
};
const paths = ['/', '/app', '/etc', '/usr/local/bin', '/usr/lib', '/var/lib', '/dev', '/tmp', '/var/lib/image2model'];
console.log(JSON.stringify(Object.fromEntries(paths.map((path) => [path, outcome(path + '/image2model-probe')]))));`;
const mayBeWritten = ['/tmp', '/var/lib/image2model'];

/** @param {Record<string, string>} outcomes by folder */
export const writeProblems = (outcomes) =>
  Object.entries(outcomes).flatMap(([path, outcome]) => {
    const expected = mayBeWritten.includes(path) ? 'written' : 'EROFS';
    return outcome === expected ? [] : [`a write to ${path} gives ${outcome}, expected ${expected}`];
  });

/** @param {string} rootfs @param {Record<string, string>} env */
async function writeProbe(rootfs, env) {
  const data = mkdtempSync(join(tmpdir(), 'image2model-probe-'));
  try {
    const inside = { rootfs, data, env, user: 0, command: ['node', '--eval', tryToWrite] };
    const { code, output } = await runInside(inside);
    return code === 0 ? writeProblems(JSON.parse(output)) : [`the write probe fails: ${output}`];
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Every package outside of the bundles must load, and with it the libraries it is linked to. @param {string[]} names */
const loadAll = (names) => `
const load = require('node:module').createRequire('/app/main.js');
for (const name of ${JSON.stringify(names)}) load(name);`;

/** Programs beside the service's own, which need no servers to tell how they are used. @param {string} rootfs @param {Record<string, string>} env @param {string} file */
async function helpProblems(rootfs, env, file) {
  const { code, output } = await runInside({ rootfs, env, command: ['node', file, '--help'] });
  return code === 0 ? [] : [`node ${file} --help ends with ${code}: ${output}`];
}

/**
 * What an image's Node says when it is asked inside of the sandbox.
 * @param {string} rootfs @param {Record<string, string>} env
 * @param {{ packages: string[], programs: string[] }} what packages: those that the bundles load from outside of them
 * @returns {Promise<{ nodeVersion: string, problems: string[] }>}
 */
export async function probeImage(rootfs, env, { packages, programs }) {
  const loaded = await runInside({ rootfs, env, command: ['node', '--eval', loadAll(packages)] });
  const asked = await runInside({ rootfs, env, command: ['node', '--print', 'process.versions.node'] });
  const nodeVersion = asked.output;
  const problems = [
    ...(loaded.code === 0 ? [] : [`${packages.join(', ')} cannot be loaded: ${loaded.output}`]),
    ...(nodeVersion.startsWith('24.') ? [] : [`its node is ${nodeVersion}, expected 24`]),
    ...(await writeProbe(rootfs, env)),
  ];
  for (const file of programs) problems.push(...(await helpProblems(rootfs, env, file)));
  return { nodeVersion, problems };
}
