import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePort } from '../../../dev/processes/free-ports.mjs';
import { newApiKey } from '../../../dev/services/api-key.mjs';
import { Supervisor } from '../../../dev/services/supervisor.mjs';
import { startScript } from '../../processes/line-process.mjs';
import { agreedCount } from './agreed-count.mjs';
import { lastDoneMs } from './last-done.mjs';
import { watchCompletions } from './watch-completions.mjs';

/** The path of a batch, no more: nothing of it goes through maintenance-worker or alert-service. */
const replicas = { gateway: 1, 'batch-orchestrator': 1, 'model-worker': 1 };
const roles = { gateway: 'gateway', 'batch-orchestrator': 'orchestrator', 'model-worker': 'worker' };

/** @param {import('../system.mjs').SystemContext} context @param {{ port: number, apiKey: string }} gateway */
function superviseServices({ dir, servers, log, signal }, { port, apiKey }) {
  const storage = join(dir, 'storage');
  mkdirSync(storage, { recursive: true });
  return new Supervisor({
    dir,
    replicas,
    log,
    signal,
    environment: (name) => ({
      ...process.env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      AMQP_URL: servers.amqpUrl,
      REDIS_URL: servers.redisUrl,
      STORAGE_URL: pathToFileURL(storage).href,
      I2M_API_KEYS: apiKey,
      I2M_NOOP_MS: '0',
      PORT: name === 'gateway' ? String(port) : undefined,
      HOST: '127.0.0.1',
    }),
  });
}

/**
 * The built services: gateway, orchestrator and one worker, with provider noop, which takes no time.
 * @param {import('../system.mjs').SystemContext} context
 * @returns {Promise<import('../system.mjs').System>}
 */
export async function startImage2model(context) {
  const { dir, servers, redis, signal } = context;
  const gateway = { port: await freePort(), apiKey: newApiKey() };
  const supervisor = superviseServices(context, gateway);
  /** @type {(() => Promise<unknown>)[]} */
  const stops = [() => supervisor.stop()];
  const stop = async () => {
    for (const each of stops.reverse()) await each();
  };
  try {
    await supervisor.start();
    const client = startScript(
      fileURLToPath(new URL('client.mjs', import.meta.url)),
      { url: `http://127.0.0.1:${gateway.port}`, apiKey: gateway.apiKey },
      { logFile: join(dir, 'logs', 'image2model-client.log'), signal },
    );
    stops.push(() => client.stop());
    const completions = await watchCompletions(servers.amqpUrl);
    stops.push(() => completions.stop());
    const pids = () => supervisor.services.map(({ entry }) => entry.pid).join();
    const first = pids();
    return {
      workers: 1,
      roots: () => ({
        ...Object.fromEntries(
          supervisor.services.map(({ entry }) => [
            roles[/** @type {keyof typeof roles} */ (entry.name)],
            [entry.pid],
          ]),
        ),
        client: [client.pid],
      }),
      run: (n) => client.call('run', { n }),
      async review(outcome, n) {
        if (pids() !== first) throw new Error(`a service ended in a run of ${n} files`);
        const { batchId = '', endMs } = outcome;
        const { messages, ids } = completions.of(batchId);
        const last = await lastDoneMs(redis, batchId, n);
        const counts = [outcome.completions, messages, ids];
        return { ...outcome, completions: agreedCount(counts), completionMs: endMs - last };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
