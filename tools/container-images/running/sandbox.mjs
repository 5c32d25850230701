import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '../../dev/servers/find-binaries.mjs';
import { imageUser } from '../checks/image-goals.mjs';

const script = join(import.meta.dirname, 'sandbox.sh');

/**
 * @typedef {object} Inside
 * @property {string} rootfs the image's root file system
 * @property {string} [data] a folder of this machine that becomes /var/lib/image2model
 * @property {Record<string, string>} env all that the process sees
 * @property {string[]} command
 * @property {number} [user] default: that of the images
 */

/**
 * Starts a program of an image as the first process of a container: read-only root, own processes, no rights. The network
 * is that of this machine.
 * @param {Inside} inside @param {import('node:child_process').StdioOptions} stdio
 * @returns {import('node:child_process').ChildProcess} of the process around it
 */
export function enter({ rootfs, data = '', env, command, user = imageUser }, stdio) {
  const unshare = which('unshare') ?? 'unshare';
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const become = [`--root=${rootfs}`, '--wd=/app', '--setgid', String(user), '--setuid', String(user)];
  return spawn(
    unshare,
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '/bin/sh', script, rootfs, data],
      ...[...variables, unshare, ...become, ...command],
    ],
    { stdio },
  );
}

/**
 * The process inside, which signals are meant for; waits until it is there.
 * @param {number} around
 */
export async function processInside(around) {
  for (let tries = 0; tries < 200; tries += 1) {
    const [pid] = readFileSync(`/proc/${around}/task/${around}/children`, 'utf8').trim().split(' ');
    if (pid) return Number(pid);
    await sleep(10);
  }
  throw new Error(`process ${around} started nothing`);
}

/**
 * Runs a program of an image to its end.
 * @param {Inside} inside
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function runInside(inside) {
  const child = enter(inside, ['ignore', 'pipe', 'pipe']);
  let output = '';
  const keep = (/** @type {Buffer} */ chunk) => void (output += chunk);
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  return { code, output: output.trim() };
}
