import { aptUsable, installWithApt } from '../../dev/servers/apt.mjs';
import { findRabbit, findRedis } from '../../dev/servers/find-binaries.mjs';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';

const missing = () => [
  ...(findRabbit() === null ? ['rabbitmq-server'] : []),
  ...(findRedis() === null ? ['redis-server'] : []),
];

/**
 * Clusters are made of programs of this machine; installs those that are missing.
 * @param {{ log: (text: string) => void, signal: AbortSignal, allowInstall: boolean }} options
 */
export async function requireServers({ log, signal, allowInstall }) {
  if (missing().length > 0 && aptUsable() && allowInstall) await installWithApt(missing(), { log, signal });
  if (missing().length === 0) return;
  throw new CommandError(
    `${missing().join(' and ')} missing on this machine: sudo apt-get install --no-install-recommends ${missing().join(' ')}`,
    exitCodes.config,
  );
}
