import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';
import { setUp } from '../../dev/set-up/set-up.mjs';
import { readFlags, usage } from './flags.mjs';
import { requireServers } from './require-servers.mjs';

const project = join(root, 'tools/chaos-ha');

/** @param {AbortSignal} signal */
async function bundle(signal) {
  const { code, output } = await run(process.execPath, [join(root, 'tools/build.mjs')], {
    cwd: project,
    signal,
  });
  if (code !== 0) throw new CommandError(`the scenarios do not build:\n${output.trimEnd()}`);
}

/**
 * @param {import('./flags.mjs').Flags} flags
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
function play(flags, signal) {
  const script = join(project, 'dist/main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', script, JSON.stringify(flags)], {
    cwd: root,
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, how) => resolve(code ?? 128 + (how === null ? 0 : constants.signals[how])));
  });
}

/** @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]} */
export async function chaosCommand({ args, signal, log }) {
  const flags = readFlags(args);
  if (flags === null) {
    log(usage);
    return exitCodes.ok;
  }
  await setUp({ log, signal });
  await requireServers({ log, signal, allowInstall: flags.install });
  await bundle(signal);
  signal.throwIfAborted();
  return play(flags, signal);
}
