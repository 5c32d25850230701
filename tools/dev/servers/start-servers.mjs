import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { signalProcess } from '../processes/end-process.mjs';
import { endLeftovers, openLedger } from '../processes/ledger.mjs';
import { planServers } from './plan-servers.mjs';

/**
 * @typedef {(text: string) => void} Log
 * @typedef {{ dir: string, ledger: import('../processes/ledger.mjs').Ledger, log: Log, signal?: AbortSignal }} ServerContext
 *   dir: absolute; data, logs and the list of processes go there
 * @typedef {{ url: string, apiUrl?: string, pids(): Record<string, number>, how: string, keepUp(log: Log): void,
 *   stop(options?: { fast?: boolean }): Promise<unknown> }} StartedServer
 * @typedef {object} StartOptions
 * @property {string} dir absolute
 * @property {Log} log
 * @property {boolean} [management] also RabbitMQ's HTTP API, as `amqpApiUrl`
 * @property {boolean} [allowInstall] whether apt may be used, default true
 * @property {boolean} [keepData] false: containers keep nothing; what private processes wrote is the caller's to delete
 * @property {boolean} [keepUp] start a private process again, at the same address, when it ends by itself
 * @property {{ amqpUrl?: string, redisUrl?: string }} [given] servers that are there already, default those of the environment
 * @property {AbortSignal} [signal] stops the start, and what it has started
 * @typedef {object} Servers
 * @property {string} amqpUrl
 * @property {string} redisUrl
 * @property {string} [amqpApiUrl]
 * @property {Record<string, number>} pids of private processes: redis, rabbitmq, epmd
 * @property {(options?: { fast?: boolean }) => Promise<void>} stop fast: SIGKILL, for data that nobody wants
 * @property {() => void} killNow for 'exit' handlers: kills the private processes without waiting
 */

const ledgerFile = (/** @type {string} */ dir) => join(dir, 'ledger', 'servers.json');

/** @param {string} dir @param {Log} log @param {number} [graceMs] */
export const endServersLeftIn = (dir, log, graceMs) => endLeftovers(ledgerFile(dir), log, graceMs);

const givenServers = () => ({ amqpUrl: process.env['AMQP_URL'], redisUrl: process.env['REDIS_URL'] });

/**
 * RabbitMQ and Redis for one data folder, from the first source that has them: AMQP_URL and REDIS_URL, programs on this
 * machine, Docker, apt. Resolves when both answer; ends with 78 and the ways out when there is no source.
 * @param {StartOptions} options
 * @returns {Promise<Servers>}
 */
export async function startServers({
  dir,
  log,
  management = false,
  allowInstall = true,
  keepData = true,
  keepUp = false,
  given = givenServers(),
  signal,
}) {
  mkdirSync(dir, { recursive: true });
  await endServersLeftIn(dir, log);
  const context = { dir, log, signal, management, keepData, ledger: openLedger(ledgerFile(dir)) };
  const plan = await planServers({ context, given, allowInstall });
  const settled = await Promise.allSettled([plan.redis(), plan.rabbitmq()]);
  const started = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (/** @type {{ fast?: boolean }} */ options) => {
    await Promise.all(started.map((server) => server.stop(options)));
    context.ledger.remove(...context.ledger.pids());
  };
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop({ fast: true });
    throw failed.reason;
  }
  const [redis, rabbitmq] = /** @type {[StartedServer, StartedServer]} */ (started);
  if (keepUp) started.forEach((server) => server.keepUp(log));
  log(`✓ Redis (${redis.how}), RabbitMQ (${rabbitmq.how})`);
  return {
    amqpUrl: rabbitmq.url,
    redisUrl: redis.url,
    ...(rabbitmq.apiUrl === undefined ? {} : { amqpApiUrl: rabbitmq.apiUrl }),
    get pids() {
      return { ...redis.pids(), ...rabbitmq.pids() };
    },
    stop: (options = {}) => stop(options),
    killNow: () => context.ledger.pids().forEach((pid) => signalProcess(pid, 'SIGKILL')),
  };
}
