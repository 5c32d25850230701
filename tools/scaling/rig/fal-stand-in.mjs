import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../../dev/processes/end-process.mjs';
import { freePort } from '../../dev/processes/free-ports.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { tail } from '../../dev/processes/run.mjs';
import { waitFor } from '../../dev/servers/probe.mjs';

const readyWithinMs = 60_000;
/** One that comes while the stand-in starts is never answered. */
const answerWithinMs = 2_000;
/** Of a model, which is what the worker checks: as many as the default face_limit allows. */
const faces = 50_000;

/**
 * @typedef {object} FalStandIn
 * @property {string} origin
 * @property {(ms: number) => Promise<void>} setDuration of the jobs that come, ms
 * @property {() => Promise<number>} requests all that it was asked so far
 * @property {() => Promise<void>} stop
 */

/** @param {string} url @param {object} [body] @returns {Promise<any>} */
async function ask(url, body) {
  const answer = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerWithinMs),
  });
  if (!answer.ok) throw new Error(`the stand-in of fal answers ${answer.status} to ${url}`);
  return answer.json();
}

/**
 * `npm run fal:stand-in` as a process of its own, so that its work is nobody else's.
 * @param {{ dir: string, signal: AbortSignal, concurrency: number }} options
 * @returns {Promise<FalStandIn>}
 */
export async function startFalStandIn({ dir, signal, concurrency }) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const logFile = join(dir, 'logs', 'fal-stand-in.log');
  const output = openSync(logFile, 'a');
  const args = ['--port', String(port), '--concurrency', String(concurrency), '--faces', String(faces)];
  const script = join(root, 'tools/fal-stand-in/fal-stand-in.mjs');
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    detached: true,
    // like a script of npm it then ends with the process that started it, however that went
    env: { ...process.env, npm_lifecycle_event: 'fal:stand-in' },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) await endProcess(child.pid, { graceMs: 5_000 });
  };
  const giveUp = () => child.exitCode !== null;
  const ready = await waitFor(() => ask(`${origin}/stats`), { timeoutMs: readyWithinMs, signal, giveUp });
  if (!ready) {
    await stop();
    throw new Error(`the stand-in of fal does not answer:\n${tail(readFileSync(logFile, 'utf8'), 15)}`);
  }
  return {
    origin,
    setDuration: (ms) => ask(`${origin}/control`, { duration: { kind: 'fixed', ms } }),
    requests: async () => {
      /** @type {Record<string, number>} */
      const counts = (await ask(`${origin}/stats`)).requests;
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    stop,
  };
}
