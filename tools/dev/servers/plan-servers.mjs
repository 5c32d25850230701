import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { aptUsable, installWithApt } from './apt.mjs';
import { dockerHas, startDockerRabbit, startDockerRedis } from './docker.mjs';
import { findRabbit, findRedis } from './find-binaries.mjs';
import { startPrivateRabbit } from './private-rabbit.mjs';
import { startPrivateRedis } from './private-redis.mjs';
import { probeAmqp, probeRedis, waitFor } from './probe.mjs';
import { placesOf, probeAny } from './server-list.mjs';

/**
 * @typedef {import('./start-servers.mjs').ServerContext & { keepData: boolean, management: boolean }} Context
 * @typedef {() => Promise<import('./start-servers.mjs').StartedServer>} Starter
 * @typedef {{ redis: Starter | null, rabbitmq: Starter | null }} Found
 */

/** @param {string} variable @param {string} url @param {(url: string) => Promise<void>} probe @param {AbortSignal} [signal] */
async function useGiven(variable, url, probe, signal) {
  const place = placesOf(url);
  if (place === null || !(await waitFor(() => probeAny(url, probe), { timeoutMs: 15_000, signal }))) {
    throw new CommandError(
      `${variable} is set, but no server answers there (${place ?? 'not a URL'}). Start it, or unset ${variable}.`,
      exitCodes.config,
    );
  }
  return {
    url,
    pids: () => ({}),
    keepUp: () => {},
    stop: () => Promise.resolve(),
    how: `${variable}, ${place}`,
  };
}

/**
 * @param {Context} context
 * @param {{ amqpUrl?: string, redisUrl?: string }} given
 * @returns {Found}
 */
function findHere(context, { amqpUrl, redisUrl }) {
  const redis = findRedis();
  const rabbit = findRabbit();
  return {
    redis: redisUrl
      ? () => useGiven('REDIS_URL', redisUrl, probeRedis, context.signal)
      : redis === null
        ? null
        : () => startPrivateRedis({ ...context, server: redis }),
    rabbitmq: amqpUrl
      ? () => useGiven('AMQP_URL', amqpUrl, probeAmqp, context.signal)
      : rabbit === null
        ? null
        : () => startPrivateRabbit({ ...context, ...rabbit }),
  };
}

const titles = { rabbitmq: 'RabbitMQ', redis: 'Redis' };
const debianPackages = { rabbitmq: 'rabbitmq-server', redis: 'redis-server' };

/** @param {Found} found */
const missing = (found) =>
  /** @type {const} */ (['rabbitmq', 'redis']).filter((kind) => found[kind] === null);

/** @param {Found} found */
const names = (found) =>
  missing(found)
    .map((kind) => titles[kind])
    .join(' and no ');

/** @param {Found} found @param {string} reasons why Docker and apt do not help */
const noServers = (found, reasons) => `No ${names(found)} on this machine, ${reasons}. Any one of these helps:
  Debian, Ubuntu   sudo apt-get install --no-install-recommends rabbitmq-server redis-server
  macOS            brew install rabbitmq redis
  Docker           docker compose up -d --wait
                   export AMQP_URL=amqp://guest:guest@127.0.0.1:5672 REDIS_URL=redis://127.0.0.1:6379
  your own         export AMQP_URL=amqp://user:password@host:5672 REDIS_URL=redis://host:6379
Then run the same command again.`;

/**
 * Chooses where each of the two servers comes from; installs them when that is the only way left and allowed.
 * @param {{ context: Context, given: { amqpUrl?: string, redisUrl?: string }, allowInstall: boolean }} options
 * @returns {Promise<{ redis: Starter, rabbitmq: Starter }>}
 */
export async function planServers({ context, given, allowInstall }) {
  let found = findHere(context, given);
  if (missing(found).length > 0 && (await dockerHas(missing(found), context))) {
    found = {
      redis: found.redis ?? (() => startDockerRedis(context)),
      rabbitmq: found.rabbitmq ?? (() => startDockerRabbit(context)),
    };
  }
  if (missing(found).length > 0 && aptUsable() && allowInstall) {
    await installWithApt(
      missing(found).map((kind) => debianPackages[kind]),
      context,
    );
    found = findHere(context, given);
  }
  const { redis, rabbitmq } = found;
  if (redis !== null && rabbitmq !== null) return { redis, rabbitmq };
  const apt = !aptUsable()
    ? 'apt needs Debian or Ubuntu and root'
    : allowInstall
      ? 'apt does not have it'
      : '--no-install refuses apt';
  throw new CommandError(noServers(found, `Docker does not help, ${apt}`), exitCodes.config);
}
