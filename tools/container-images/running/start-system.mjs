import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../dev/processes/free-ports.mjs';
import { newApiKey } from '../../dev/services/api-key.mjs';
import { imageUser } from '../checks/image-goals.mjs';
import { RunningService } from './running-service.mjs';

/** @typedef {{ name: string, rootfs: string, env: Record<string, string>, command: string[] }} Image env, command: as the image says */

/**
 * Starts services from their images, all at the same moment: any may be the first.
 * @param {{ dir: string, images: Image[], servers: { amqpUrl: string, redisUrl: string } }} options dir: for logs and the storage that they share
 */
export async function startSystem({ dir, images, servers }) {
  const data = join(dir, 'storage');
  const logs = join(dir, 'logs');
  for (const folder of [data, logs]) mkdirSync(folder, { recursive: true });
  chownSync(data, imageUser, imageUser);
  const [apiPort = 0, ...adminPorts] = await freePorts(images.length + 1);
  const apiKey = newApiKey();
  const services = images.map(({ name, rootfs, env, command }, at) => {
    const adminPort = adminPorts[at] ?? 0;
    /** @type {Record<string, string>} */
    const own = name === 'gateway' ? { HOST: '127.0.0.1', PORT: String(apiPort), I2M_API_KEYS: apiKey } : {};
    const variables = {
      ...env,
      ...own,
      AMQP_URL: servers.amqpUrl,
      REDIS_URL: servers.redisUrl,
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: String(adminPort),
      I2M_NOOP_MS: '20',
    };
    const inside = { rootfs, data, env: variables, command };
    return new RunningService({ name, inside, adminPort, logFile: join(logs, `${name}.log`) });
  });
  return { services, gateway: { url: `http://127.0.0.1:${apiPort}`, apiKey } };
}
