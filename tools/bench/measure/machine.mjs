import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { connect } from 'amqplib';

/** Above this load for each processor something else is running, and wall-clock times say little. */
const busyAbove = 0.4;

/**
 * @typedef {{ cpu: string, cores: number, memory_gb: number, kernel: string, node: string, rabbitmq: string,
 *   redis: string, load: number[] }} Machine load: averages of 1, 5 and 15 minutes before the first run
 */

/** @param {string} amqpUrl */
async function brokerVersion(amqpUrl) {
  const connection = await connect(amqpUrl);
  const { version } = connection.connection.serverProperties;
  await connection.close();
  return String(version);
}

/**
 * @param {{ amqpUrl: string, redis: import('ioredis').Redis, load: number[] }} context
 * @returns {Promise<Machine>}
 */
export async function describeMachine({ amqpUrl, redis, load }) {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Number((totalmem() / 1e9).toFixed(1)),
    kernel: release(),
    node: process.version,
    rabbitmq: await brokerVersion(amqpUrl),
    redis: /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown',
    load: load.map((each) => Number(each.toFixed(2))),
  };
}

/** Taken before the bench does anything itself. */
export const loadNow = () => loadavg();

/** @param {Machine} machine */
export const machineLine = ({ cpu, cores, memory_gb: memory, node, rabbitmq, redis, load }) =>
  `${cores} × ${cpu}, ${memory} GB; Node ${node}, RabbitMQ ${rabbitmq}, Redis ${redis}; load ${load.join(' ')}`;

/** @param {Machine} machine @returns {string | null} */
export const busyWarning = ({ load: [load = 0], cores }) =>
  load <= busyAbove * cores
    ? null
    : `warning: the machine is busy (load ${load} on ${cores} processors): times are noise, CPU seconds say more`;
