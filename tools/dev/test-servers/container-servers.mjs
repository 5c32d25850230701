import { probeAmqp, probeManagement, probeRedis, waitFor } from '../servers/probe.mjs';

const images = { rabbitmq: 'rabbitmq:3.13-management', redis: 'redis:7' };
const readyWithinMs = 90_000;

/** @param {string} what @param {() => Promise<void>} probe */
async function requireReady(what, probe) {
  if (!(await waitFor(probe, { timeoutMs: readyWithinMs })))
    throw new Error(`${what} does not answer in its container`);
}

/**
 * RabbitMQ and Redis in containers that testcontainers takes away, whatever happens to this process.
 * @returns {Promise<import('./test-servers.mjs').TestServers>}
 */
export async function startContainerServers() {
  // Loaded only where Docker answers: it takes a second, and nobody else needs it.
  const { GenericContainer } = await import('testcontainers');
  const [rabbitmq, redis] = await Promise.all([
    new GenericContainer(images.rabbitmq).withExposedPorts(5672, 15672).start(),
    new GenericContainer(images.redis)
      .withExposedPorts(6379)
      .withCommand([
        'redis-server',
        '--appendonly',
        'yes',
        '--maxmemory-policy',
        'noeviction',
        '--databases',
        '512',
      ])
      .start(),
  ]);
  const amqpUrl = `amqp://guest:guest@${rabbitmq.getHost()}:${rabbitmq.getMappedPort(5672)}`;
  const amqpApiUrl = `http://guest:guest@${rabbitmq.getHost()}:${rabbitmq.getMappedPort(15672)}`;
  const redisUrl = `redis://${redis.getHost()}:${redis.getMappedPort(6379)}`;
  await Promise.all([
    requireReady(images.rabbitmq, () => probeAmqp(amqpUrl)),
    requireReady(images.rabbitmq, () => probeManagement(amqpApiUrl)),
    requireReady(images.redis, () => probeRedis(redisUrl)),
  ]);
  const stop = async () => {
    await Promise.all([rabbitmq.stop(), redis.stop()]);
  };
  return { amqpUrl, amqpApiUrl, redisUrl, stop, killNow: () => {} };
}
