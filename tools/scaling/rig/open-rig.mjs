import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import { startServers } from '../../dev/servers/start-servers.mjs';
import { freePort } from '../../dev/processes/free-ports.mjs';
import { newApiKey } from '../../dev/services/api-key.mjs';
import { BrokerApi } from '../probes/broker-stats.mjs';
import { startFalStandIn } from './fal-stand-in.mjs';
import { GatewayApi } from './gateway-api.mjs';
import { falConcurrency, startServices } from './start-services.mjs';

/** A key may have 20 event streams open. */
const keyCount = 100;

/**
 * @typedef {{ dir: string, log: (text: string) => void, signal: AbortSignal, allowInstall: boolean }} RigOptions
 * @typedef {object} Rig all five services, one process each, on a RabbitMQ and a Redis of their own
 * @property {Redis} redis
 * @property {BrokerApi} broker
 * @property {import('./gateway-api.mjs').GatewayApi} gateway
 * @property {import('./fal-stand-in.mjs').FalStandIn} fal
 * @property {string[]} keys all of one tenant
 * @property {string} storage folder
 * @property {string} dir
 * @property {AbortSignal} signal
 * @property {{ amqpUrl: string, redisUrl: string }} urls
 * @property {() => Record<string, number[]>} roots role → processes, servers included
 * @property {() => Record<string, number[]>} services the same without servers
 * @property {(env: Record<string, string>) => Promise<void>} restart the services, with another environment
 * @property {() => Promise<void>} stop
 */

/** @param {Record<string, number>} pids of servers */
const serverRoots = ({ rabbitmq, redis }) => ({
  ...(rabbitmq === undefined ? {} : { broker: [rabbitmq] }),
  ...(redis === undefined ? {} : { redis: [redis] }),
});

/**
 * Starts everything, the stand-in of fal included; what was started is stopped again when something does not start.
 * @param {RigOptions} options
 * @returns {Promise<Rig>}
 */
export async function openRig(options) {
  const { dir, log, signal, allowInstall } = options;
  /** @type {(() => unknown)[]} */
  const stops = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const servers = await startServers({
      ...{ dir, log, signal, allowInstall, management: true, keepData: false, given: {} },
    });
    process.once('exit', servers.killNow);
    stops.push(() => servers.stop({ fast: true }));
    const redis = new Redis(servers.redisUrl);
    stops.push(() => redis.disconnect());
    const fal = await startFalStandIn({ dir, signal, concurrency: falConcurrency });
    stops.push(() => fal.stop());
    const storage = join(dir, 'storage');
    mkdirSync(storage, { recursive: true });
    const port = await freePort();
    const keys = Array.from({ length: keyCount }, newApiKey);
    const told = { dir, log, signal, servers, falOrigin: fal.origin, keys, port };
    const services = await startServices(told, { STORAGE_URL: pathToFileURL(storage).href });
    stops.push(() => services.stop());
    const gateway = new GatewayApi({ url: `http://127.0.0.1:${port}`, apiKey: keys[0] ?? '', signal });
    const broker = new BrokerApi(servers.amqpApiUrl ?? '');
    return {
      ...{ redis, broker, gateway, fal, keys, storage, dir, signal, stop },
      urls: { amqpUrl: servers.amqpUrl, redisUrl: servers.redisUrl },
      services: services.roots,
      restart: services.restart,
      roots: () => ({ ...services.roots(), ...serverRoots(servers.pids) }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
