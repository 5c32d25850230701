import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeJson } from '../processes/write-atomic.mjs';
import { endS3LeftIn } from '../servers/private-s3.mjs';
import { endServersLeftIn, startServers } from '../servers/start-servers.mjs';
import { apiKeys } from './api-key.mjs';
import { openStorage } from './open-storage.mjs';
import { Supervisor, endServicesLeftIn } from './supervisor.mjs';
import { webhookSecret } from './webhook-secret.mjs';

/**
 * @typedef {{ gateway_url: string, api_keys: string[], amqp_url: string, redis_url: string, storage_url: string }} SystemState
 *   what system.json holds
 * @typedef {object} SystemOptions
 * @property {string} dir absolute; everything the system keeps
 * @property {import('./gateway-address.mjs').GatewayAddress} gateway
 * @property {Record<string, number>} replicas
 * @property {boolean} allowInstall
 * @property {import('./open-storage.mjs').StorageKind} [storage] default file; s3: every process has a folder of its own, and shares none
 * @property {boolean} keepData false: the data end with the system
 * @property {(text: string) => void} log
 * @property {AbortSignal} signal ends the start; what was started until then is stopped
 */

/** @param {string} dir */
const stateFiles = (dir) =>
  ['services.json', 'system.json', 'prometheus-targets.json'].map((name) => join(dir, name));

/** @param {string} dir */
const forgetState = (dir) => stateFiles(dir).forEach((file) => rmSync(file, { force: true }));

/**
 * Ends what a killed run left in this folder: the services before the servers they would miss.
 * @param {string} dir
 * @param {(text: string) => void} log
 */
export async function endLeftoversIn(dir, log) {
  await endServicesLeftIn(dir, log);
  await endServersLeftIn(dir, log);
  await endS3LeftIn(dir, log);
}

/**
 * RabbitMQ, Redis and all services, ready. Needs the packages installed and the apps built.
 * @param {SystemOptions} options
 * @returns {Promise<{ state: SystemState, stop(): Promise<void> }>}
 */
export async function startSystem({
  dir,
  gateway,
  replicas,
  storage: kind = 'file',
  allowInstall,
  keepData,
  log,
  signal,
}) {
  const logs = join(dir, 'logs');
  mkdirSync(logs, { recursive: true });
  forgetState(dir);
  await endLeftoversIn(dir, log);
  const servers = await startServers({ dir, log, allowInstall, keepData, keepUp: true, signal });
  /** @type {Supervisor | undefined} */
  let supervisor;
  /** @type {Awaited<ReturnType<typeof openStorage>> | undefined} */
  let storage;
  const stop = async () => {
    await supervisor?.stop();
    await storage?.stop({ fast: !keepData });
    await servers.stop({ fast: !keepData });
    forgetState(dir);
  };
  try {
    const keys = apiKeys(dir);
    storage = await openStorage({ kind, dir, log, signal });
    const common = {
      ...storage.env,
      AMQP_URL: servers.amqpUrl,
      REDIS_URL: servers.redisUrl,
      STORAGE_URL: storage.url,
      I2M_API_KEYS: keys.list,
      I2M_WEBHOOK_SECRET: webhookSecret(dir),
    };
    supervisor = new Supervisor({
      dir,
      replicas,
      log,
      signal,
      ...(kind === 's3' ? { home: (label) => join(dir, 'homes', label) } : {}),
      environment: (name) => ({
        ...process.env,
        ...common,
        // A PORT that was meant for the gateway is nobody else's.
        PORT: name === 'gateway' ? String(gateway.port) : undefined,
        HOST: name === 'gateway' ? gateway.host : undefined,
      }),
    });
    log('starting the services …');
    await supervisor.start();
    const state = {
      gateway_url: gateway.url,
      api_keys: keys.keys,
      amqp_url: servers.amqpUrl,
      redis_url: servers.redisUrl,
      storage_url: storage.url,
    };
    writeJson(join(dir, 'system.json'), state, 0o600);
    return { state, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
