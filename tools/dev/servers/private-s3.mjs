import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../processes/free-ports.mjs';
import { endLeftovers, openLedger } from '../processes/ledger.mjs';
import { root } from '../processes/paths.mjs';
import { PrivateProcess } from './private-process.mjs';
import { waitFor } from './probe.mjs';
import { startOnFreePorts } from './start-on-free-ports.mjs';

const stopWithinMs = 5000;
const bucket = 'image2model';
const ledgerFile = (/** @type {string} */ dir) => join(dir, 'ledger', 's3.json');

/** @param {string} dir @param {(text: string) => void} log */
export const endS3LeftIn = (dir, log) => endLeftovers(ledgerFile(dir), log);

/** @param {string} endpoint */
async function probeS3(endpoint) {
  const answer = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(1000) });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
}

/**
 * An S3 server of our own on loopback; its objects are below `dir/s3`. The credentials are drawn anew at every start.
 * @param {{ dir: string, log: (text: string) => void, signal: AbortSignal }} options
 * @returns {Promise<{ url: string, env: Record<string, string>, how: string, stop(options?: { fast?: boolean }): Promise<void> }>}
 */
export async function startPrivateS3({ dir, log, signal }) {
  await endS3LeftIn(dir, log);
  const ledger = openLedger(ledgerFile(dir));
  const env = { AWS_ACCESS_KEY_ID: 'image2model', AWS_SECRET_ACCESS_KEY: randomBytes(24).toString('hex') };
  const { child, port } = await startOnFreePorts('The S3 server', async () => {
    const port = await freePort();
    const script = join(root, 'tools/dev/s3.mjs');
    const child = new PrivateProcess({
      name: 's3',
      command: process.execPath,
      args: [script, '--port', String(port), '--bucket', bucket, '--dir', join(dir, 's3')],
      env: { PATH: process.env['PATH'], ...env },
      cwd: root,
      logFile: join(dir, 'logs', 's3.log'),
      words: ['s3.mjs'],
      ledger,
    });
    const ready = () =>
      waitFor(() => probeS3(`http://127.0.0.1:${port}`), {
        timeoutMs: 30_000,
        signal,
        giveUp: () => child.exited,
      });
    return { port, child, processes: [child], ready, stop: () => child.stop({ graceMs: 0 }) };
  });
  child.keepUp(log);
  const endpoint = encodeURIComponent(`http://127.0.0.1:${port}`);
  return {
    url: `s3://${bucket}/data?endpoint=${endpoint}`,
    env,
    how: `fauxqs, port ${port}`,
    stop: ({ fast = false } = {}) => child.stop({ graceMs: fast ? 0 : stopWithinMs }),
  };
}
