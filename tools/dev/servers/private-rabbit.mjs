import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../processes/free-ports.mjs';
import { PrivateProcess } from './private-process.mjs';
import { probeAmqp, probeManagement, waitFor } from './probe.mjs';
import { prepareRabbitFiles, rabbitEnvironment, rememberFirstStart } from './rabbit-files.mjs';
import { startOnFreePorts } from './start-on-free-ports.mjs';

const stopWithinMs = 7000;

/**
 * @typedef {import('./start-servers.mjs').ServerContext & { server: string, epmd: string, management: boolean }} RabbitContext
 * @typedef {import('./rabbit-files.mjs').RabbitPorts} RabbitPorts
 */

/** @returns {Promise<RabbitPorts>} */
async function choosePorts() {
  const [amqp = 0, dist = 0, epmd = 0, management = 0] = await freePorts(4);
  return { amqp, dist, epmd, management };
}

/**
 * epmd and the broker, which is started after it and stopped before it.
 * @param {RabbitContext} context
 * @param {string} data
 * @param {RabbitPorts} ports
 */
function processesOf({ dir, server, epmd, ledger }, data, ports) {
  const common = { cwd: data, env: rabbitEnvironment(data, ports), ledger };
  const mapper = new PrivateProcess({
    ...common,
    name: 'epmd',
    command: epmd,
    args: ['-address', '127.0.0.1', '-port', String(ports.epmd)],
    logFile: join(dir, 'logs', 'epmd.log'),
    words: ['epmd'],
    last: true,
  });
  const broker = new PrivateProcess({
    ...common,
    name: 'rabbitmq',
    command: server,
    args: [],
    logFile: join(dir, 'logs', 'rabbitmq.log'),
    words: ['rabbit'],
  });
  return { mapper, broker };
}

/**
 * A broker of our own. Its data outlive it; ports, epmd and node name are its alone, so copies do not meet.
 * @param {RabbitContext} context
 * @returns {Promise<import('./start-servers.mjs').StartedServer>}
 */
export async function startPrivateRabbit(context) {
  const { dir, server, management, signal } = context;
  const data = join(dir, 'rabbitmq');
  mkdirSync(data, { recursive: true });
  const started = await startOnFreePorts(`RabbitMQ (${server})`, async () => {
    const ports = await choosePorts();
    prepareRabbitFiles(data, ports, { management });
    const { mapper, broker } = processesOf(context, data, ports);
    const url = `amqp://guest:guest@127.0.0.1:${ports.amqp}`;
    const apiUrl = management ? `http://guest:guest@127.0.0.1:${ports.management}` : undefined;
    const waiting = { signal, giveUp: () => broker.exited || mapper.exited };
    const ready = async () =>
      (await waitFor(() => probeAmqp(url), { ...waiting, timeoutMs: 90_000 })) &&
      (apiUrl === undefined ||
        (await waitFor(() => probeManagement(apiUrl), { ...waiting, timeoutMs: 30_000 })));
    const stop = async (/** @type {{ fast?: boolean }} */ { fast = false } = {}) => {
      await broker.stop({ graceMs: fast ? 0 : stopWithinMs });
      await mapper.stop({ graceMs: 2000 });
    };
    return { processes: [mapper, broker], mapper, broker, url, apiUrl, ready, stop, port: ports.amqp };
  });
  rememberFirstStart(data);
  const { mapper, broker, url, apiUrl, stop, port } = started;
  return {
    url,
    apiUrl,
    pids: () => ({ rabbitmq: broker.pid, epmd: mapper.pid }),
    how: `${server}, port ${port}`,
    keepUp: (log) => [mapper, broker].forEach((each) => each.keepUp(log)),
    stop,
  };
}
