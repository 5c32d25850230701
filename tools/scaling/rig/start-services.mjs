import { serviceNames } from '../../dev/services/service-names.mjs';
import { Supervisor } from '../../dev/services/supervisor.mjs';

/** What the tables call the services. @type {Readonly<Record<string, string>>} */
const roleOf = {
  gateway: 'gateway',
  'batch-orchestrator': 'orchestrator',
  'model-worker': 'worker',
  'maintenance-worker': 'maintenance',
  'alert-service': 'alert',
};

/** Generations that the stand-in runs at a time, and that the governor permits. */
export const falConcurrency = 100;

/**
 * @typedef {object} ServiceOptions
 * @property {string} dir
 * @property {(text: string) => void} log
 * @property {AbortSignal} signal
 * @property {{ amqpUrl: string, redisUrl: string }} servers
 * @property {string} falOrigin
 * @property {string[]} keys all of one tenant
 * @property {number} port of the gateway
 */

/**
 * All five services, one process each, as in production; none is started yet.
 * @param {ServiceOptions} options @param {Record<string, string>} env what else they are told: their storage
 */
const superviseServices = ({ dir, log, signal, servers, falOrigin, keys, port }, env) =>
  new Supervisor({
    dir,
    replicas: Object.fromEntries(serviceNames.map((name) => [name, 1])),
    log,
    signal,
    environment: (name) => ({
      ...process.env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      AMQP_URL: servers.amqpUrl,
      REDIS_URL: servers.redisUrl,
      I2M_API_KEYS: keys.map((key) => `scale:${key}`).join(','),
      I2M_NOOP_MS: '0',
      I2M_PUBLIC_URL: `http://127.0.0.1:${port}`,
      FAL_KEY: 'stand-in-key',
      FAL_ORIGIN: falOrigin,
      FAL_CONCURRENCY: String(falConcurrency),
      FAL_CONCURRENCY_MAX: String(falConcurrency),
      PORT: name === 'gateway' ? String(port) : undefined,
      HOST: '127.0.0.1',
      ...env,
    }),
  });

/**
 * Resolves when all are ready; what was started is stopped again when one does not start.
 * @param {ServiceOptions} options @param {Record<string, string>} env
 * @returns {Promise<{ roots(): Record<string, number[]>, restart(env: Record<string, string>): Promise<void>, stop(): Promise<void> }>}
 *   roots: role → processes
 */
export async function startServices(options, env) {
  let supervisor = superviseServices(options, env);
  const start = async () => {
    try {
      await supervisor.start();
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
  };
  await start();
  return {
    roots: () =>
      Object.fromEntries(
        supervisor.services.map(({ entry }) => [roleOf[entry.name] ?? entry.name, [entry.pid]]),
      ),
    restart: async (other) => {
      await supervisor.stop();
      supervisor = superviseServices(options, other);
      await start();
    },
    stop: () => supervisor.stop(),
  };
}
