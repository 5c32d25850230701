import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveHolder, takeLock } from '../processes/single-instance.mjs';
import { endServersLeftIn, startServers } from '../servers/start-servers.mjs';

const prefix = 'image2model-test-';
const lockName = 'owner.lock';

/** @param {string} dir */
const remove = (dir) => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

/**
 * Ends and deletes what test runs left that were killed before they could.
 * @param {(text: string) => void} log
 */
async function sweep(log) {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dir = join(tmpdir(), name);
    // A folder without a lock is a moment old, or not ours.
    if (!readdirSync(dir).includes(lockName) || liveHolder(join(dir, lockName)) !== null) continue;
    await endServersLeftIn(dir, log, 0);
    remove(dir);
  }
}

/**
 * RabbitMQ and Redis as processes of this run, in a folder that goes with them.
 * @param {{ log: (text: string) => void, allowInstall: boolean }} options
 * @returns {Promise<import('./test-servers.mjs').TestServers>}
 */
export async function startPrivateServers({ log, allowInstall }) {
  await sweep(log);
  const dir = mkdtempSync(join(tmpdir(), prefix));
  takeLock(join(dir, lockName));
  try {
    const servers = await startServers({
      dir,
      log,
      allowInstall,
      management: true,
      keepData: false,
      given: {},
    });
    const { amqpUrl, amqpApiUrl, redisUrl } = servers;
    if (amqpApiUrl === undefined) throw new Error('a private RabbitMQ came without its HTTP API');
    const stop = async () => {
      await servers.stop({ fast: true });
      remove(dir);
    };
    const killNow = () => {
      servers.killNow();
      remove(dir);
    };
    return { amqpUrl, amqpApiUrl, redisUrl, stop, killNow };
  } catch (error) {
    remove(dir);
    throw error;
  }
}
