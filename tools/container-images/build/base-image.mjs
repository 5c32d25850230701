import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CommandError } from '../../dev/processes/exit-codes.mjs';
import { run, tail } from '../../dev/processes/run.mjs';

export const baseImage = 'docker.io/library/node:24-bookworm-slim';
const [debian, nodeMajor] = ['bookworm', 24];
/** What Debian's slim images leave out as well. */
const slim = [
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/man/*',
];

const weekMs = 7 * 24 * 3_600_000;
const recipeLabel = 'image2model.recipe';
/** Another one every week, for the updates of Debian and Node, and whenever this file changes. */
const recipe = () =>
  createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(String(Math.floor(Date.now() / weekMs)))
    .digest('hex');

/** @param {string} command @param {string[]} args @param {{ cwd?: string, signal?: AbortSignal }} options */
async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new CommandError(`${command} ${args[0]} failed:\n${tail(output, 15)}`);
  return output.trim();
}

/** The folder of the npm that runs us, else of the one on PATH. @param {AbortSignal} [signal] */
export async function npmFolder(signal) {
  const script = process.env['npm_execpath'];
  if (script !== undefined && basename(script) === 'npm-cli.js') return dirname(dirname(script));
  return join(await must('npm', ['root', '--global', '--silent'], { signal }), 'npm');
}

/**
 * Node's own binary comes as an npm package, so no other place is asked.
 * @param {string} dir where it is unpacked @param {AbortSignal} [signal]
 */
async function fetchNode(dir, signal) {
  const name = `node-${process.platform}-${process.arch}@${nodeMajor}`;
  await must('npm', ['pack', '--silent', '--pack-destination', dir, name], { cwd: dir, signal });
  await must('sh', ['-c', 'tar -xzf *.tgz'], { cwd: dir, signal });
  return join(dir, 'package/bin/node');
}

/** The layout of the official image: /usr/local/bin/node and npm beside it. @param {string} dir @param {AbortSignal} [signal] */
async function nodeTree(dir, signal) {
  const node = await fetchNode(dir, signal);
  const tree = join(dir, 'tree');
  const modules = join(tree, 'usr/local/lib/node_modules');
  mkdirSync(join(tree, 'usr/local/bin'), { recursive: true });
  cpSync(node, join(tree, 'usr/local/bin/node'));
  cpSync(await npmFolder(signal), join(modules, 'npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(tree, 'usr/local/bin/npm'));
  return tree;
}

/**
 * The image that the Dockerfile begins with, under its name in this storage: Debian by mmdebstrap and Node by npm.
 * @param {import('./buildah.mjs').Buildah} buildah
 * @param {{ pull: boolean, signal?: AbortSignal }} options pull: the published one instead
 */
export async function provideBaseImage(buildah, { pull, signal }) {
  if (pull) return void (await buildah.do(['pull', baseImage]));
  if ((await buildah.label(baseImage, recipeLabel)) === recipe()) return;
  const dir = mkdtempSync(join(tmpdir(), 'image2model-base-'));
  try {
    const archive = join(dir, 'debian.tar');
    const options = slim.map((option) => `--dpkgopt=${option}`);
    await must('mmdebstrap', ['--variant=minbase', '--quiet', ...options, debian, archive], { signal });
    if (!existsSync(archive)) throw new CommandError('mmdebstrap left no archive');
    const container = await buildah.do(['from', 'scratch']);
    await buildah.do(['add', '--quiet', container, archive, '/']);
    await buildah.do(['add', '--quiet', container, await nodeTree(dir, signal), '/']);
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const label = ['--label', `${recipeLabel}=${recipe()}`];
    await buildah.do(['config', '--env', `PATH=${path}`, '--cmd', 'node', ...label, container]);
    await buildah.do(['commit', '--quiet', '--format', 'docker', '--rm', container, baseImage]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
