import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { root } from '../processes/paths.mjs';
import { setUp } from '../set-up/set-up.mjs';

/**
 * Runs jest at the root, in our own process group: a Ctrl-C reaches it as it would without us.
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
function runJest(args) {
  const noInstall = args.includes('--no-install');
  const jest = spawn(
    join(root, 'node_modules/.bin/jest'),
    args.filter((arg) => arg !== '--no-install'),
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...(noInstall ? { I2M_NO_INSTALL: '1' } : {}) } },
  );
  // We outlive it, so that the run ends with jest's last words.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => jest.kill(signal));
  return new Promise((resolve, reject) => {
    jest.once('error', reject);
    jest.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

/**
 * `npm test`: packages and bundles, then the whole suite; jest's global set-up starts the servers.
 * @param {string[]} args passed on to jest, but for --no-install (no Debian packages)
 */
export async function testCommand(args) {
  try {
    await setUp({ log: (text) => console.error(text) });
    return await runJest(args);
  } catch (error) {
    console.error(error instanceof CommandError ? error.message : error);
    return error instanceof CommandError ? error.exitCode : exitCodes.failed;
  }
}
