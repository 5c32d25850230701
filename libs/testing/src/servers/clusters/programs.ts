import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** rabbitmq-server proper: Debian's wrapper in /usr/sbin becomes the system's own user. */
const rabbitServers = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
];
const usualFolders = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where programs are looked for. */
export const searchPath = (): string[] => [
  ...new Set([...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...usualFolders]),
];

const which = (name: string): string | undefined =>
  searchPath()
    .map((folder) => join(folder, name))
    .find(isProgram);

const debianPackages = {
  rabbitmq: 'rabbitmq-server',
  epmd: 'rabbitmq-server',
  redis: 'redis-server',
  openssl: 'openssl',
};

/** The programs that clusters are made of. @throws naming the Debian package when one is not on this machine */
export function program(name: keyof typeof debianPackages): string {
  const found =
    name === 'rabbitmq'
      ? rabbitServers.find(isProgram)
      : name === 'redis'
        ? (which('redis-server') ?? which('valkey-server'))
        : which(name);
  if (found !== undefined) return found;
  throw new Error(
    `${name} is not on this machine, and a cluster is made of processes: apt-get install --no-install-recommends ${debianPackages[name]}`,
  );
}
