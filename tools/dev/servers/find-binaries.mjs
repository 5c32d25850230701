import { accessSync, constants, readFileSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where packages put programs, for shells whose PATH leaves some out. */
const usualFolders = [
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
  '/usr/bin',
  '/usr/sbin',
];

/** rabbitmq-server proper; Debian's /usr/sbin/rabbitmq-server is a wrapper that becomes the system's own user. */
const rabbitServers = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
  '/home/linuxbrew/.linuxbrew/opt/rabbitmq/sbin/rabbitmq-server',
];

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** PATH, and the usual folders after it. */
export const searchPath = () => [
  ...new Set([...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...usualFolders]),
];

/** @param {string} name @returns {string | null} */
export const which = (name) =>
  searchPath()
    .map((folder) => join(folder, name))
    .find(isProgram) ?? null;

/** @param {string} file */
const becomesAnotherUser = (file) => /\b(su|runuser) rabbitmq\b/.test(readFileSync(file, 'latin1'));

/** epmd is on PATH nearly everywhere; some Erlang packages keep it to themselves. @returns {string | null} */
function findEpmd() {
  const folders = [
    '/usr/lib/erlang',
    '/usr/lib64/erlang',
    '/usr/local/lib/erlang',
    '/opt/homebrew/lib/erlang',
  ].flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.startsWith('erts-'))
        .map((name) => join(folder, name, 'bin/epmd'));
    } catch {
      return [];
    }
  });
  return which('epmd') ?? folders.find(isProgram) ?? null;
}

/** @returns {{ server: string, epmd: string } | null} */
export function findRabbit() {
  const onPath = which('rabbitmq-server');
  const server =
    rabbitServers.find(isProgram) ?? (onPath !== null && !becomesAnotherUser(onPath) ? onPath : null);
  const epmd = findEpmd();
  return server === null || epmd === null || which('erl') === null ? null : { server, epmd };
}

/** @returns {string | null} */
export const findRedis = () => which('redis-server') ?? which('valkey-server');
