import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { CommandError } from '../processes/exit-codes.mjs';
import { root } from '../processes/paths.mjs';
import { run, tail } from '../processes/run.mjs';
import { probeAmqp, probeManagement, probeRedis, waitFor } from './probe.mjs';

/**
 * @typedef {{ kind: 'rabbitmq' | 'redis', image: string, ports: number[], data: string, args: string[], env: string[] }} Image
 */

/** @type {Record<'rabbitmq' | 'redis', Image>} */
const images = {
  rabbitmq: {
    kind: 'rabbitmq',
    image: 'rabbitmq:3-management',
    ports: [5672, 15672],
    data: '/var/lib/rabbitmq',
    args: [],
    env: ['RABBITMQ_NODENAME=i2m@localhost'],
  },
  redis: {
    kind: 'redis',
    image: 'redis:7',
    ports: [6379],
    data: '/data',
    args: [
      'redis-server',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--save',
      '',
      '--maxmemory-policy',
      'noeviction',
      '--databases',
      '512',
    ],
    env: [],
  },
};

/**
 * Whether Docker can give these servers: its daemon answers, quickly (a client without its daemon is common), and the
 * images are there or can be pulled.
 * @param {('rabbitmq' | 'redis')[]} kinds
 * @param {{ log: (text: string) => void, signal?: AbortSignal }} context
 */
export async function dockerHas(kinds, { log, signal }) {
  const info = await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 5000, signal });
  if (info.code !== 0) return false;
  for (const { image } of kinds.map((kind) => images[kind])) {
    if ((await run('docker', ['image', 'inspect', image], { signal })).code === 0) continue;
    log(`pulling ${image} with Docker …`);
    const pulled = await run('docker', ['pull', '--quiet', image], { signal });
    if (pulled.code === 0) continue;
    log(`Docker cannot pull ${image}: ${tail(pulled.output, 1)}`);
    return false;
  }
  return true;
}

/**
 * Name of this checkout's container for one data folder: readable, and another copy's is another.
 * @param {string} dir
 * @param {string} kind
 */
export function containerName(dir, kind) {
  const readable = basename(root)
    .replace(/[^a-zA-Z0-9_.-]/g, '-')
    .slice(0, 30);
  return `i2m-${readable}-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}-${kind}`;
}

/**
 * Arguments of `docker run`: loopback ports of Docker's choice; data in a volume of the same name, or in one that goes
 * with the container.
 * @param {Image} image
 * @param {{ name: string, keepData: boolean }} options
 */
export const runArguments = ({ image, ports, data, args, env }, { name, keepData }) => [
  ...['run', '--detach', '--rm', '--name', name],
  ...ports.flatMap((port) => ['--publish', `127.0.0.1::${port}`]),
  ...(keepData ? ['--volume', `${name}:${data}`] : []),
  ...env.flatMap((setting) => ['--env', setting]),
  image,
  ...args,
];

/**
 * @param {Image} image
 * @param {import('./start-servers.mjs').ServerContext & { keepData: boolean }} context
 */
async function startContainer(image, { dir, keepData }) {
  const name = containerName(dir, image.kind);
  const docker = (/** @type {string[]} */ ...args) => run('docker', args);
  // Its name is ours alone, so a container that still has it was left by a run that was killed.
  await docker('rm', '--force', name);
  const started = await docker(...runArguments(image, { name, keepData }));
  if (started.code !== 0)
    throw new CommandError(`Docker cannot start ${image.image}:\n${tail(started.output, 5)}`);
  const stop = async (/** @type {{ fast?: boolean }} */ { fast = false } = {}) => {
    if (!fast) await docker('stop', '--time', '7', name);
    await docker('rm', '--force', '--volumes', name);
  };
  const ports = await Promise.all(
    image.ports.map(async (port) =>
      Number((await docker('port', name, `${port}/tcp`)).output.match(/:(\d+)\s/)?.[1]),
    ),
  );
  return { name, ports, stop, docker };
}

/**
 * @param {Image} image
 * @param {import('./start-servers.mjs').ServerContext & { keepData: boolean }} context
 * @param {(ports: number[]) => Promise<void>} probe
 */
async function startReady(image, context, probe) {
  const { name, ports, stop, docker } = await startContainer(image, context);
  try {
    if (await waitFor(() => probe(ports), { timeoutMs: 90_000, signal: context.signal })) {
      return { ports, stop, how: `Docker container ${name}` };
    }
    const { output } = await docker('logs', '--tail', '15', name);
    throw new CommandError(`${image.image} does not answer in its container:\n${output}`);
  } catch (error) {
    await stop({ fast: true });
    throw error;
  }
}

const amqpUrl = (/** @type {number | undefined} */ port) => `amqp://guest:guest@127.0.0.1:${port}`;
const apiUrlOf = (/** @type {number | undefined} */ port) => `http://guest:guest@127.0.0.1:${port}`;

/**
 * @param {import('./start-servers.mjs').ServerContext & { keepData: boolean, management: boolean }} context
 * @returns {Promise<import('./start-servers.mjs').StartedServer>}
 */
export async function startDockerRabbit(context) {
  const { ports, stop, how } = await startReady(images.rabbitmq, context, async ([amqp, management]) => {
    await probeAmqp(amqpUrl(amqp));
    if (context.management) await probeManagement(apiUrlOf(management));
  });
  return {
    url: amqpUrl(ports[0]),
    apiUrl: context.management ? apiUrlOf(ports[1]) : undefined,
    pids: () => ({}),
    keepUp: () => {},
    stop,
    how,
  };
}

/**
 * @param {import('./start-servers.mjs').ServerContext & { keepData: boolean }} context
 * @returns {Promise<import('./start-servers.mjs').StartedServer>}
 */
export async function startDockerRedis(context) {
  const { ports, stop, how } = await startReady(images.redis, context, ([port]) =>
    probeRedis(`redis://127.0.0.1:${port}`),
  );
  return { url: `redis://127.0.0.1:${ports[0]}`, pids: () => ({}), keepUp: () => {}, stop, how };
}
