import { closeSync, openSync, readFileSync } from 'node:fs';
import { waitFor } from '../../dev/servers/probe.mjs';
import { tail } from '../../dev/processes/run.mjs';
import { signalProcess } from '../../dev/processes/end-process.mjs';
import { imageUser, stopWithinS } from '../checks/image-goals.mjs';
import { enter, processInside } from './sandbox.mjs';

const readyWithinMs = 60_000;

/** What /proc says of a process without any right. */
const expectedStatus = {
  Uid: Array(4).fill(imageUser).join('\t'),
  Gid: Array(4).fill(imageUser).join('\t'),
  Groups: '',
  CapEff: '0000000000000000',
  CapPrm: '0000000000000000',
  NoNewPrivs: '1',
};

/** @param {string} status the text of /proc/<pid>/status */
export const rightsProblems = (status) =>
  Object.entries(expectedStatus).flatMap(([key, expected]) => {
    const found = new RegExp(`^${key}:\\t?(.*)$`, 'm').exec(status)?.[1]?.trim();
    return found === expected ? [] : [`its process has ${key} ${found}, expected ${expected}`];
  });

/** One service of an image as a container of its own. */
export class RunningService {
  /** @param {{ name: string, inside: import('./sandbox.mjs').Inside, adminPort: number, logFile: string }} options */
  constructor(options) {
    this.options = options;
    this.name = options.name;
    const log = openSync(options.logFile, 'a');
    this.child = enter(options.inside, ['ignore', log, log]);
    closeSync(log);
    /** @type {Promise<number>} */
    this.ended = new Promise((resolve) => {
      this.child.once('error', () => resolve(127));
      this.child.once('exit', (code) => resolve(code ?? 1));
    });
  }

  get lastWords() {
    return tail(readFileSync(this.options.logFile, 'utf8'), 8);
  }

  /** Seconds until /readyz answered 200. @param {AbortSignal} signal */
  async waitReady(signal) {
    const startedAt = performance.now();
    const probe = async () => {
      const answer = await fetch(`http://127.0.0.1:${this.options.adminPort}/readyz`);
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`not ready: ${answer.status}`);
    };
    const giveUp = () => this.child.exitCode !== null;
    if (!(await waitFor(probe, { timeoutMs: readyWithinMs, signal, giveUp })))
      throw new Error(`${this.name} does not become ready:\n${this.lastWords}`);
    return (performance.now() - startedAt) / 1000;
  }

  async rightsProblems() {
    const pid = await processInside(this.child.pid ?? 0);
    return rightsProblems(readFileSync(`/proc/${pid}/status`, 'utf8'));
  }

  /**
   * SIGTERM to the process inside, as the kubelet sends it, and SIGKILL when the time is over.
   * @returns {Promise<{ seconds: number, problems: string[] }>}
   */
  async stop() {
    const startedAt = performance.now();
    if (this.child.exitCode === null) signalProcess(await processInside(this.child.pid ?? 0), 'SIGTERM');
    const timer = setTimeout(() => this.killNow(), stopWithinS * 1000);
    const code = await this.ended;
    clearTimeout(timer);
    const seconds = (performance.now() - startedAt) / 1000;
    if (seconds >= stopWithinS)
      return { seconds, problems: [`${this.name} did not stop in ${stopWithinS} s`] };
    return {
      seconds,
      problems: code === 0 ? [] : [`${this.name} ended with code ${code}:\n${this.lastWords}`],
    };
  }

  /** With the process around it ends what is inside. */
  killNow() {
    if (this.child.pid !== undefined && this.child.exitCode === null)
      signalProcess(this.child.pid, 'SIGKILL');
  }
}
