import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../dev/processes/ledger.mjs';
import { signalProcess } from '../../dev/processes/end-process.mjs';
import { planServers } from '../../dev/servers/plan-servers.mjs';

/**
 * A Redis for one search: the given one, else one of its own that goes with it.
 * @param {{ log: (text: string) => void, signal: AbortSignal, install: boolean }} options
 * @returns {Promise<{ url: string, how: string, own: boolean, stop: () => Promise<void> }>}
 */
export async function findRedis({ log, signal, install }) {
  const dir = mkdtempSync(join(tmpdir(), 'image2model-model-'));
  const ledger = openLedger(join(dir, 'ledger', 'servers.json'));
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const killNow = () => {
    for (const pid of ledger.pids()) signalProcess(pid, 'SIGKILL');
    remove();
  };
  process.once('exit', killNow);
  const redisUrl = process.env['I2M_TEST_REDIS_URL'] ?? process.env['REDIS_URL'];
  const context = { dir, ledger, log, signal, management: false, keepData: false };
  // no broker is needed: a given one is not looked for
  const given = { amqpUrl: 'amqp://127.0.0.1', ...(redisUrl ? { redisUrl } : {}) };
  const plan = await planServers({ context, given, allowInstall: install });
  const redis = await plan.redis();
  return {
    url: redis.url,
    how: redis.how,
    own: !redisUrl,
    stop: async () => {
      await redis.stop({ fast: true });
      process.off('exit', killNow);
      remove();
    },
  };
}
