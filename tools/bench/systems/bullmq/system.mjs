import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startScript } from '../../processes/line-process.mjs';

const concurrency = 8;

/**
 * BullMQ's flow with a write and a message at the start and the end of each file. To its benefit: jobs carry next to
 * nothing and return nothing, the parent reads no results, who listens hears of parents only, done jobs are not removed.
 * @param {import('../system.mjs').SystemContext} context
 * @returns {Promise<import('../system.mjs').System>}
 */
export async function startBullmq({ dir, servers, signal }) {
  const settings = { redisUrl: servers.redisUrl, concurrency };
  const start = (/** @type {string} */ name) =>
    startScript(fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), settings, {
      logFile: join(dir, 'logs', `bullmq-${name}.log`),
      signal,
    });
  const worker = start('worker');
  const client = start('client');
  const stop = async () => {
    await Promise.all([worker.stop(), client.stop()]);
  };
  try {
    await Promise.all([worker.call('ready'), client.call('ready')]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    workers: 1,
    roots: () => ({ worker: [worker.pid], client: [client.pid] }),
    run: (n) => client.call('run', { n }),
    async review({ batchId, startMs, ...outcome }) {
      const { firstMs, lastMs, done, distinct, completions } = await worker.call('seen', { batch: batchId });
      return {
        ...outcome,
        firstStartMs: firstMs - startMs,
        done,
        distinct,
        completions,
        completionMs: outcome.endMs - lastMs,
      };
    },
    stop,
  };
}
