import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';
import { setUp } from '../../dev/set-up/set-up.mjs';
import { startTestServers } from '../../dev/test-servers/test-servers.mjs';
import { readFlags, usage } from './flags.mjs';

const project = join(root, 'tools/chaos-pay');

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
 * @param {import('../../dev/test-servers/test-servers.mjs').TestServers} servers
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
function play(flags, servers, signal) {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(project, 'dist/main.js'), JSON.stringify(flags)],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        I2M_TEST_AMQP_URL: servers.amqpUrl,
        I2M_TEST_AMQP_API_URL: servers.amqpApiUrl,
        I2M_TEST_REDIS_URL: servers.redisUrl,
      },
    },
  );
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
  await bundle(signal);
  const servers = await startTestServers({ log, allowInstall: flags.install });
  process.once('exit', servers.killNow);
  try {
    signal.throwIfAborted();
    return await play(flags, servers, signal);
  } finally {
    process.off('exit', servers.killNow);
    await servers.stop();
  }
}
