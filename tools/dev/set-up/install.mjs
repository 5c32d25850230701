import { basename } from 'node:path';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { run } from '../processes/run.mjs';
import { staleReason, unlockedDependency } from './install-state.mjs';

/** The npm that runs us, else the one on PATH. */
function npmCommand() {
  const script = process.env['npm_execpath'];
  return script !== undefined && basename(script) === 'npm-cli.js' ? [process.execPath, script] : ['npm'];
}

/** npm says what is wrong first, and then how all of its flags are used. @param {string} output */
const firstErrors = (output) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('npm error'))
    .slice(0, 12)
    .join('\n');

/**
 * Installs the locked packages when node_modules is missing or stale. Both `--include`s undo NODE_ENV=production,
 * which would leave out what the build needs.
 * @param {{ root: string, log: (text: string) => void, signal?: AbortSignal }} context
 */
export async function installPackages({ root, log, signal }) {
  const unlocked = unlockedDependency(root);
  if (unlocked !== null)
    log(`package-lock.json does not have ${unlocked}; "npm install" brings it up to date`);
  const reason = staleReason(root);
  if (reason === null) return;
  log(`installing packages with npm ci (${reason}); this takes a minute at most …`);
  const started = performance.now();
  const [command = 'npm', ...first] = npmCommand();
  const show = process.stderr.isTTY === true;
  const args = [
    ...first,
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ];
  const { code, output } = await run(command, args, { cwd: root, signal, show });
  if (code === 127)
    throw new CommandError('npm is not on PATH; it comes with Node (https://nodejs.org).', exitCodes.config);
  if (code !== 0) {
    throw new CommandError(`npm ci failed${show ? '' : `:\n${firstErrors(output)}`}`);
  }
  log(`✓ packages installed (${((performance.now() - started) / 1000).toFixed(0)} s)`);
}
