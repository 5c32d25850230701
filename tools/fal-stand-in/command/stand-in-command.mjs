import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';
import { setUp } from '../../dev/set-up/set-up.mjs';
import { readStandInFlags, usage } from './flags.mjs';

const project = join(root, 'tools/fal-stand-in');

/** @param {AbortSignal} signal */
async function bundle(signal) {
  const { code, output } = await run(process.execPath, [join(root, 'tools/build.mjs')], {
    cwd: project,
    signal,
  });
  if (code !== 0) throw new CommandError(`the stand-in does not build:\n${output.trimEnd()}`);
}

/** @param {object} options @param {AbortSignal} signal @returns {Promise<number>} */
function serve(options, signal) {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(project, 'dist/main.js'), JSON.stringify(options)],
    // its end of the pipe tells it when we are gone, however we went
    { cwd: root, stdio: ['pipe', 'inherit', 'inherit'] },
  );
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, how) => resolve(code ?? 128 + (how === null ? 0 : constants.signals[how])));
  });
}

/** @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]} */
export async function standInCommand({ args, signal, log }) {
  const options = readStandInFlags(args);
  if (options === null) {
    log(usage);
    return exitCodes.ok;
  }
  await setUp({ log, signal, build: false });
  await bundle(signal);
  return serve(options, signal);
}
