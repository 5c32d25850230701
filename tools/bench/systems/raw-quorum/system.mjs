import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startScript } from '../../processes/line-process.mjs';

const settings = { queue: 'bench.raw', prefetch: 256 };

/**
 * What the broker can do at best: one process publishes to a quorum queue with confirms in chunks, one consumes with
 * coalesced acks and sends one message back at the end. No Redis, no state, no second hop.
 * @param {import('../system.mjs').SystemContext} context
 * @returns {Promise<import('../system.mjs').System>}
 */
export async function startRawQuorum({ dir, servers, signal }) {
  const start = (/** @type {string} */ name) =>
    startScript(
      fileURLToPath(new URL(`${name}.mjs`, import.meta.url)),
      { ...settings, amqpUrl: servers.amqpUrl },
      { logFile: join(dir, 'logs', `raw-${name}.log`), signal },
    );
  const client = start('publisher');
  const worker = start('consumer');
  const stop = async () => {
    await Promise.all([worker.stop(), client.stop()]);
  };
  try {
    const { replyTo } = await client.call('ready');
    await worker.call('ready');
    return {
      workers: 1,
      roots: () => ({ worker: [worker.pid], client: [client.pid] }),
      async run(n) {
        await worker.call('expect', { n, replyTo });
        return client.call('run', { n });
      },
      async review({ startMs, ...outcome }) {
        const { firstMs, lastMs, done, distinct } = await worker.call('seen');
        const completions = await client.call('completions');
        const completionMs = outcome.endMs - lastMs;
        return { ...outcome, firstStartMs: firstMs - startMs, done, distinct, completions, completionMs };
      },
      async stop() {
        await worker.stop();
        if (!signal.aborted) await client.call('leave');
        await client.stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
