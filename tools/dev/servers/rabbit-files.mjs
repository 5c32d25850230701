import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { searchPath } from './find-binaries.mjs';

/** @typedef {{ amqp: number, dist: number, epmd: number, management: number }} RabbitPorts */

/**
 * The node's name is part of the data's path on disk, so it is drawn once and kept with the data:
 * ports may change at every start, and the folder may move.
 * @param {string} data
 */
export function nodeName(data) {
  const file = join(data, 'node-name');
  if (!existsSync(file)) writeFileSync(file, `i2m-${randomBytes(4).toString('hex')}@localhost\n`);
  return readFileSync(file, 'utf8').trim();
}

/** Written after the first good start; see {@link prepareRabbitFiles}. @param {string} data */
const startedOnce = (data) => join(data, 'started-once');

/** @param {string} data */
export const rememberFirstStart = (data) => writeFileSync(startedOnce(data), '');

/**
 * Folders and configuration of a private broker. A database whose first start was cut short holds no message yet
 * but can keep the next start from ending, so it goes.
 * @param {string} data
 * @param {RabbitPorts} ports
 * @param {{ management: boolean }} options
 */
export function prepareRabbitFiles(data, ports, { management }) {
  if (!existsSync(startedOnce(data))) rmSync(join(data, 'mnesia'), { recursive: true, force: true });
  for (const folder of ['home', 'mnesia', 'log']) mkdirSync(join(data, folder), { recursive: true });
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    'loopback_users.guest = true',
    'log.console = false',
    'log.file.level = warning',
    'disk_free_limit.absolute = 50MB',
  ];
  if (management) lines.push('management.tcp.ip = 127.0.0.1', `management.tcp.port = ${ports.management}`);
  writeFileSync(join(data, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
  writeFileSync(join(data, 'enabled_plugins'), management ? '[rabbitmq_management].\n' : '[].\n');
}

/**
 * The environment that makes a broker private: own cookie (HOME), own epmd, everything on loopback, nothing from /etc.
 * With RUNNING_UNDER_SYSTEMD the script becomes the broker, so the pid we started is the one to stop.
 * @param {string} data
 * @param {RabbitPorts} ports
 * @returns {NodeJS.ProcessEnv}
 */
export function rabbitEnvironment(data, ports) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(RABBITMQ_|ERL_)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: searchPath().join(delimiter),
    HOME: join(data, 'home'),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: nodeName(data),
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_CONF_ENV_FILE: '/nonexistent',
    RABBITMQ_CONFIG_FILE: join(data, 'rabbitmq.conf'),
    RABBITMQ_MNESIA_BASE: join(data, 'mnesia'),
    RABBITMQ_LOG_BASE: join(data, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(data, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(data, 'rabbit.pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
    RUNNING_UNDER_SYSTEMD: '1',
  };
}
