import { spawn } from 'node:child_process';

/**
 * @typedef {{ code: number, output: string }} Result code 127 when there is no such program
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {AbortSignal} [signal] ends the program, and then rejects
 * @property {(pid: number) => void} [end] how `signal` asks it to end; default: SIGTERM to it and all it started
 * @property {number} [timeoutMs] ends it and answers with what it said so far
 * @property {boolean} [show] let it write to the terminal instead of keeping its output
 */

/** Only the last part is kept: a build that goes wrong can say a lot. */
const keepCharacters = 200_000;

/**
 * @param {number} pid leader of a process group
 * @param {NodeJS.Signals} [how]
 */
function endGroup(pid, how = 'SIGTERM') {
  try {
    process.kill(-pid, how);
  } catch {
    // The group is gone: nothing left to end.
  }
}

/**
 * Runs a program to its end. It gets a process group of its own, so a Ctrl-C meant for us does not tear it apart
 * half-way: `signal` ends it, and with it whatever it started.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Result>}
 */
export async function run(command, args, options = {}) {
  const { cwd, env, signal, end = endGroup, timeoutMs, show = false } = options;
  const stdio = show ? 'inherit' : 'pipe';
  signal?.throwIfAborted();
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', stdio, stdio] });
  let output = '';
  const keep = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk).slice(-keepCharacters);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const onAbort = () => child.pid !== undefined && end(child.pid);
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => child.pid !== undefined && endGroup(child.pid, 'SIGKILL'), timeoutMs);
  try {
    const code = await new Promise((resolve) => {
      child.once('error', () => resolve(127));
      child.once('close', (exitCode) => resolve(exitCode ?? 1));
    });
    signal?.throwIfAborted();
    return { code, output };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/**
 * The last lines of a text, for an error message.
 * @param {string} text
 * @param {number} [lines]
 */
export const tail = (text, lines = 20) => text.trimEnd().split('\n').slice(-lines).join('\n');
