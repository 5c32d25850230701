import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';
import { setUp } from '../../dev/set-up/set-up.mjs';
import { readFlags, usage } from './flags.mjs';
import { findRedis } from './find-redis.mjs';

const project = join(root, 'tools/model-tests');

/** @param {AbortSignal} signal */
async function bundle(signal) {
  const { code, output } = await run(process.execPath, [join(root, 'tools/build.mjs')], {
    cwd: project,
    signal,
  });
  if (code !== 0) throw new CommandError(`the model does not build:\n${output.trimEnd()}`);
}

/**
 * @param {import('./flags.mjs').Flags} flags
 * @param {{ url: string, own: boolean }} redis
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
function search({ runs, seed, path, mutants }, redis, signal) {
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      join(project, 'dist/main.js'),
      JSON.stringify({ runs, seed, path, mutants, ownRedis: redis.own }),
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, I2M_TEST_REDIS_URL: redis.url } },
  );
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, how) => resolve(code ?? 128 + (how === null ? 0 : constants.signals[how])));
  });
}

/** @type {Parameters<typeof import('../../dev/processes/run-main.mjs').runMain>[0]} */
export async function modelCommand({ args, signal, log }) {
  const flags = readFlags(args);
  if (flags === null) {
    log(usage);
    return exitCodes.ok;
  }
  await setUp({ log, signal, build: false });
  await bundle(signal);
  const redis = await findRedis({ log, signal, install: flags.install });
  try {
    log(`Redis: ${redis.how}`);
    return await search(flags, redis, signal);
  } finally {
    await redis.stop();
  }
}
