import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { arch, homedir } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { run } from '../../dev/processes/run.mjs';
import { aptUsable, installWithApt } from '../../dev/servers/apt.mjs';
import { which } from '../../dev/servers/find-binaries.mjs';

/** The first with components, `labels` and `replacements` as our manifests use them. */
const least = [5, 0];
/** Debian 12's kubernetes-client is of 2021; the next release has one that is new enough. */
const suite = 'trixie';

/** @typedef {{ command: string, args: readonly string[], version: string }} Kustomize */
/** @typedef {{ log: (text: string) => void, signal?: AbortSignal, allowInstall?: boolean }} Context */

const cached = () =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), `image2model/kubectl-${suite}-${arch()}`);

/** The version in what a program says of itself: "Kustomize Version: v5.5.0", or "v5.5.0" alone. @param {string} text */
export function versionIn(text) {
  const found = /(?:Kustomize Version: |^\{?Version:kustomize\/|^)v(\d+)\.(\d+)\.\d+/m.exec(
    text.replace(/^Client Version.*$/m, ''),
  );
  return found === null ? null : { text: found[0].replace(/^.*v/, ''), parts: found.slice(1, 3).map(Number) };
}

/** @param {string} command @param {readonly string[]} args @param {string[]} ask @param {AbortSignal | undefined} signal @returns {Promise<Kustomize | null>} */
async function look(command, args, ask, signal) {
  const { code, output } = await run(command, ask, { signal });
  const version = code === 0 ? versionIn(output) : null;
  if (version === null) return null;
  const [major = 0, minor = 0] = version.parts;
  const enough = major > (least[0] ?? 0) || (major === least[0] && minor >= (least[1] ?? 0));
  return enough ? { command, args, version: version.text } : null;
}

/** @param {AbortSignal | undefined} signal */
async function lookEverywhere(signal) {
  const kubectl = [which('kubectl'), cached()].filter((file) => file !== null && existsSync(file));
  for (const file of kubectl) {
    const found = await look(String(file), ['kustomize'], ['version', '--client'], signal);
    if (found !== null) return found;
  }
  const kustomize = which('kustomize');
  return kustomize === null ? null : look(kustomize, ['build'], ['version'], signal);
}

/**
 * Takes kubectl out of Debian's next release and leaves the rest of the machine as it is: a package of another release does
 * not belong among the installed ones. About 10 s and 80 MB, once.
 * @param {Context} context
 */
async function fetchKubectl({ log, signal }) {
  if (which('mmdebstrap') === null) await installWithApt(['mmdebstrap'], { log, signal });
  const file = cached();
  const { code: made } = await run('mkdir', ['-p', join(file, '..')], { signal });
  if (made !== 0 || which('mmdebstrap') === null) return;
  log(`taking kubectl out of Debian ${suite}'s kubernetes-client (about 10 s, into ${file}) …`);
  const dir = mkdtempSync(`${file}-`);
  try {
    const wanted = ['--variant=extract', '--include=kubernetes-client', suite, join(dir, 'root')];
    const { code, output } = await run('mmdebstrap', ['--quiet', ...wanted], { signal });
    if (code === 0) renameSync(join(dir, 'root/usr/bin/kubectl'), file);
    else log(`mmdebstrap failed:\n${output.trimEnd().split('\n').slice(-8).join('\n')}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * A kustomize that is new enough: kubectl's, or kustomize itself, on PATH; else one that is fetched by Debian's packages.
 * @param {Context} context @returns {Promise<Kustomize>} @throws CommandError (78) that says how to get one
 */
export async function findKustomize(context) {
  const { signal, allowInstall = true } = context;
  const found = await lookEverywhere(signal);
  if (found !== null) return found;
  if (allowInstall && aptUsable()) await fetchKubectl(context);
  const fetched = await lookEverywhere(signal);
  if (fetched !== null) return fetched;
  throw new CommandError(
    `No kubectl or kustomize with kustomize ${least.join('.')} or newer on this machine. Install kubectl 1.27 or newer, or kustomize (https://kubectl.docs.kubernetes.io/installation), and run this again.`,
    exitCodes.config,
  );
}
