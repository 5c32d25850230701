import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startScript } from '../../bench/processes/line-process.mjs';

const script = fileURLToPath(new URL('../rig/watcher.mjs', import.meta.url));
/** Streams that one API key may have open. */
const perKey = 20;

/** @param {import('../rig/open-rig.mjs').Rig} rig */
export const startWatcher = ({ dir, gateway, signal }) =>
  startScript(script, { url: gateway.url }, { logFile: join(dir, 'logs', 'watcher.log'), signal });

/**
 * So many streams, dealt round over the batches, each with a key that has room for it.
 * @param {string[]} keys @param {string[]} batches @param {number} count
 */
export const streamsOf = (keys, batches, count) =>
  Array.from({ length: count }, (_, at) => ({
    path: `/v1/batches/${batches[at % batches.length]}/events`,
    key: keys[Math.floor(at / perKey)] ?? '',
  }));
