import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../processes/free-ports.mjs';
import { PrivateProcess } from './private-process.mjs';
import { probeRedis, waitFor } from './probe.mjs';
import { startOnFreePorts } from './start-on-free-ports.mjs';

const stopWithinMs = 7000;
const urlOf = (/** @type {number} */ port) => `redis://127.0.0.1:${port}`;

/** Every write is on disk before it is answered, and a full memory refuses instead of forgetting. */
const settings = {
  bind: '127.0.0.1',
  appendonly: 'yes',
  appendfsync: 'always',
  save: '',
  'maxmemory-policy': 'noeviction',
  databases: '512',
  daemonize: 'no',
};

/**
 * @param {import('./start-servers.mjs').ServerContext & { server: string }} context
 * @returns {Promise<import('./start-servers.mjs').StartedServer>}
 */
export async function startPrivateRedis({ dir, server, ledger, signal }) {
  const data = join(dir, 'redis');
  mkdirSync(data, { recursive: true });
  const { child, port } = await startOnFreePorts(`Redis (${server})`, async () => {
    const port = await freePort();
    const all = Object.entries({ ...settings, port: String(port), dir: data });
    const child = new PrivateProcess({
      name: 'redis',
      command: server,
      args: all.flatMap(([name, value]) => [`--${name}`, value]),
      cwd: data,
      logFile: join(dir, 'logs', 'redis.log'),
      words: ['redis-server', 'valkey-server'],
      ledger,
    });
    return {
      port,
      child,
      processes: [child],
      ready: () =>
        waitFor(() => probeRedis(urlOf(port)), { timeoutMs: 30_000, signal, giveUp: () => child.exited }),
      stop: () => child.stop({ graceMs: 0 }),
    };
  });
  return {
    url: urlOf(port),
    pids: () => ({ redis: child.pid }),
    how: `${server}, port ${port}`,
    keepUp: (log) => child.keepUp(log),
    stop: ({ fast = false } = {}) => child.stop({ graceMs: fast ? 0 : stopWithinMs }),
  };
}
