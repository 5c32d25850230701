import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { endProcess } from '../../dev/processes/end-process.mjs';
import { tail } from '../../dev/processes/run.mjs';

/** @typedef {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable, import('node:stream').Readable, null>} Talking */

const leaveWithinMs = 5_000;

/**
 * A program that answers requests, one JSON object a line each way. It ends when its input does, so it cannot outlive
 * the bench; it sees no Ctrl-C of our terminal.
 */
export class LineProcess {
  /** @type {{ resolve(value: any): void, reject(error: Error): void } | null} */
  #waiting = null;

  /** @param {{ command: string, args: string[], env?: NodeJS.ProcessEnv, cwd?: string, logFile: string, signal: AbortSignal }} options */
  constructor({ command, args, env, cwd, logFile, signal }) {
    this.signal = signal;
    const log = openSync(logFile, 'a');
    this.child = /** @type {Talking} */ (
      spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', log] })
    );
    closeSync(log);
    this.pid = this.child.pid ?? 0;
    const name = args.map((arg) => basename(arg)).find((arg) => /\.(mjs|py)$/.test(arg)) ?? command;
    const fail = (/** @type {string} */ how) =>
      this.#settle(({ reject }) =>
        reject(new Error(`${name} ${how}\n${tail(readFileSync(logFile, 'utf8'), 15)}`)),
      );
    this.child.once('error', (error) => fail(`cannot be started: ${error.message}`));
    this.child.once('exit', (code, by) => fail(`ended (${by ?? `code ${code}`})`));
    // Its end is told by 'exit'; a write that comes too late says nothing new.
    this.child.stdin.on('error', () => {});
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return fail(`says ${line}`);
      const { result, error } = JSON.parse(line);
      this.#settle(({ resolve, reject }) =>
        error === undefined ? resolve(result) : reject(new Error(`${name}: ${error}`)),
      );
    });
  }

  /** @param {(waiting: { resolve(value: any): void, reject(error: Error): void }) => void} how */
  #settle(how) {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) how(waiting);
  }

  /**
   * One request at a time. Rejects when the program fails, ends, or does not answer in time.
   * @param {string} method
   * @param {object} [params]
   * @param {number} [timeoutMs]
   * @returns {Promise<any>}
   */
  async call(method, params = {}, timeoutMs = 600_000) {
    this.signal.throwIfAborted();
    const late = AbortSignal.timeout(timeoutMs);
    const stop = AbortSignal.any([this.signal, late]);
    const onStop = () => this.#settle(({ reject }) => reject(stop.reason));
    stop.addEventListener('abort', onStop, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        if (this.child.exitCode !== null) this.#settle(() => reject(new Error(`${method}: it has ended`)));
        else this.child.stdin.write(`${JSON.stringify({ method, params })}\n`);
      });
    } finally {
      stop.removeEventListener('abort', onStop);
    }
  }

  async stop() {
    this.child.stdin.end();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    const kill = () => void endProcess(this.pid, { graceMs: 0 });
    const timer = setTimeout(kill, this.signal.aborted ? 0 : leaveWithinMs);
    await gone;
    clearTimeout(timer);
  }
}

/**
 * The same for a script of this folder.
 * @param {string} script absolute
 * @param {object} settings what the script reads with `settingsOf`
 * @param {{ logFile: string, signal: AbortSignal }} options
 */
export const startScript = (script, settings, options) =>
  new LineProcess({ command: process.execPath, args: [script, JSON.stringify(settings)], ...options });
