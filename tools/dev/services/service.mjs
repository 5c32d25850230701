import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { relative } from 'node:path';
import { endProcess } from '../processes/end-process.mjs';
import { exitCodes } from '../processes/exit-codes.mjs';
import { freePort, isPortFree } from '../processes/free-ports.mjs';
import { root } from '../processes/paths.mjs';
import { waitFor } from '../servers/probe.mjs';
import { nextDelayMs } from './back-off.mjs';
import { nodeFlags } from './node-flags.mjs';

/**
 * @typedef {{ name: string, instance: number, pid: number, admin_url: string }} ServiceEntry a row of services.json
 * @typedef {object} ServiceOptions
 * @property {string} name
 * @property {number} instance counted from 1
 * @property {string} script absolute path of the bundle
 * @property {NodeJS.ProcessEnv} env all but the admin port
 * @property {string} logFile appended to
 * @property {string} [home] where it runs and keeps temporary files; default: the repository and the system's folder
 * @property {import('../processes/ledger.mjs').Ledger} ledger
 * @property {(text: string) => void} log
 * @property {() => void} onStart after every start and restart
 * @property {() => void} onBadConfig it ended with 78 before it was ever ready: starting it again would not help
 */

/** @param {number | null} code @param {NodeJS.Signals | null} signal */
const howItEnded = (code, signal) =>
  signal === null ? `exited with code ${code}` : `was killed by ${signal}`;

/** One service process that is kept alive: started again, with back-off, whenever it exits. */
export class Service {
  #stopping = false;
  #wasReady = false;
  #startedAt = 0;
  #adminPort = 0;
  /** @type {number | null} */
  #previousDelayMs = null;
  /** @type {NodeJS.Timeout | undefined} */
  #restart;
  #pid = 0;
  #alive = false;

  /** @param {ServiceOptions} options */
  constructor(options) {
    this.options = options;
    this.label = `${options.name}-${options.instance}`;
  }

  /** @returns {ServiceEntry} */
  get entry() {
    const { name, instance } = this.options;
    return { name, instance, pid: this.#pid, admin_url: `http://127.0.0.1:${this.#adminPort}` };
  }

  async start() {
    // The same port as before, so that whoever watches the service need not look it up again.
    if (this.#adminPort === 0 || !(await isPortFree(this.#adminPort))) this.#adminPort = await freePort();
    if (this.#stopping) return;
    const { script, env, logFile, ledger, name, home } = this.options;
    if (home !== undefined) mkdirSync(home, { recursive: true });
    const output = openSync(logFile, 'a');
    // A session of its own: of the signals of our terminal it sees none, so it is stopped in order.
    const child = spawn(process.execPath, [...(nodeFlags[name] ?? []), script], {
      cwd: home ?? root,
      env: {
        ...env,
        ...(home === undefined ? {} : { TMPDIR: home }),
        ADMIN_HOST: '127.0.0.1',
        ADMIN_PORT: String(this.#adminPort),
      },
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.#startedAt = performance.now();
    child.once('error', (error) => this.options.log(`${this.label} cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      this.#alive = false;
      ledger.remove(this.#pid);
      this.#onExit(code, signal);
    });
    if (child.pid !== undefined) {
      this.#pid = child.pid;
      this.#alive = true;
      ledger.add({ name: this.label, pid: child.pid, words: [name, 'main.js', 'image2model'] });
    }
    this.options.onStart();
  }

  /** @param {number | null} code @param {NodeJS.Signals | null} signal */
  #onExit(code, signal) {
    if (this.#stopping) return;
    if (code === exitCodes.config && !this.#wasReady) return this.options.onBadConfig();
    const livedMs = performance.now() - this.#startedAt;
    const delayMs = nextDelayMs({ previousMs: this.#previousDelayMs, livedMs });
    this.#previousDelayMs = delayMs;
    const seeLog = code === 0 ? '' : ` (see ${relative(root, this.options.logFile)})`;
    this.options.log(
      `${this.label} ${howItEnded(code, signal)}${seeLog}; starting it again in ${delayMs / 1000} s`,
    );
    this.#restart = setTimeout(() => {
      this.start().then(
        () => this.#sayWhenReady(),
        (error) => this.options.log(`${this.label} cannot be started again: ${error.message}`),
      );
    }, delayMs);
  }

  async #sayWhenReady() {
    const startedAt = this.#startedAt;
    const isSame = () => this.#startedAt === startedAt && !this.#stopping;
    if (await this.#ready({ timeoutMs: 60_000, giveUp: () => !isSame() })) {
      if (isSame()) this.options.log(`${this.label} is up again (process ${this.#pid})`);
    }
  }

  /** @param {Parameters<typeof waitFor>[1]} options */
  async #ready(options) {
    const ready = await waitFor(async () => {
      const answer = await fetch(`${this.entry.admin_url}/readyz`, { signal: AbortSignal.timeout(1000) });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`not ready: ${answer.status}`);
    }, options);
    this.#wasReady ||= ready;
    return ready;
  }

  /** Whether it answers /readyz in time. @param {{ timeoutMs: number, signal: AbortSignal }} options */
  waitReady(options) {
    return this.#ready(options);
  }

  /** Ends it for good; never rejects. @param {{ graceMs: number }} options */
  async stop({ graceMs }) {
    this.#stopping = true;
    clearTimeout(this.#restart);
    // After its exit the pid may be given to another process.
    const left = !this.#alive || (await endProcess(this.#pid, { graceMs }));
    if (!left)
      this.options.log(`${this.label} did not leave in ${Math.round(graceMs / 1000)} s and was killed`);
  }
}
