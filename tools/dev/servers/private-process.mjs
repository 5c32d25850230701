import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { endProcess, signalProcess } from '../processes/end-process.mjs';
import { tail } from '../processes/run.mjs';

const respawnAfterMs = 1000;

/**
 * @typedef {object} PrivateProcessOptions
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} cwd
 * @property {string} logFile
 * @property {string[]} words see the ledger's entries
 * @property {boolean} [last] see the ledger's entries
 * @property {import('../processes/ledger.mjs').Ledger} ledger
 */

/**
 * A server in a session of its own: a Ctrl-C at our terminal does not reach it, so it ends when we say so, after those
 * who need it.
 */
export class PrivateProcess {
  pid = 0;
  exited = false;
  #stopping = false;
  /** @type {NodeJS.Timeout | undefined} */
  #respawn;
  /** @type {((text: string) => void) | null} */
  #keepUp = null;

  /** @param {PrivateProcessOptions} options */
  constructor(options) {
    this.options = options;
  }

  /** Resolves when the process exists; rejects when it cannot be started. @param {'w' | 'a'} [logMode] */
  async start(logMode = 'w') {
    const { name, command, args, env, cwd, logFile, words, last, ledger } = this.options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, logMode);
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    await new Promise((resolve, reject) => {
      child.once('spawn', () => resolve(null));
      child.once('error', reject);
    });
    const pid = child.pid ?? 0;
    this.pid = pid;
    this.exited = false;
    ledger.add({ name, pid, words, last });
    // Stopped in the moment of a restart.
    if (this.#stopping) signalProcess(pid, 'SIGKILL');
    child.once('exit', (code, signal) => {
      this.exited = true;
      ledger.remove(pid);
      this.#onExit(signal ?? `code ${code}`);
    });
    child.unref();
    return this;
  }

  /** From now on it is started again when it ends; with the same arguments, so at the same address. @param {(text: string) => void} log */
  keepUp(log) {
    this.#keepUp = log;
  }

  /** @param {string} how */
  #onExit(how) {
    if (this.#stopping || this.#keepUp === null) return;
    const log = this.#keepUp;
    log(`${this.options.name} ended (${how}); starting it again`);
    this.#respawn = setTimeout(() => {
      this.start('a').catch((error) => log(`${this.options.name} cannot be started again: ${error.message}`));
    }, respawnAfterMs);
  }

  /** @param {{ graceMs: number }} options 0 kills at once */
  async stop({ graceMs }) {
    this.#stopping = true;
    clearTimeout(this.#respawn);
    // After its exit the pid may be given to another process.
    if (!this.exited) await endProcess(this.pid, { graceMs });
  }

  logTail() {
    return tail(readFileSync(this.options.logFile, 'utf8'), 15);
  }
}
