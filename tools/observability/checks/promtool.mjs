import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { aptUsable, installWithApt } from '../../dev/servers/apt.mjs';
import { which } from '../../dev/servers/find-binaries.mjs';

/**
 * Prometheus and its promtool, from this machine or by apt.
 * @param {{ log: (text: string) => void, signal?: AbortSignal, allowInstall?: boolean }} context
 * @returns {Promise<{ prometheus: string, promtool: string }>}
 */
export async function findPrometheus({ log, signal, allowInstall = true }) {
  const found = look();
  if (found !== null) return found;
  if (allowInstall && aptUsable()) await installWithApt(['prometheus'], { log, signal });
  const installed = look();
  if (installed !== null) return installed;
  throw new CommandError(
    'No Prometheus on this machine (prometheus and promtool). Debian, Ubuntu: sudo apt-get install prometheus; or see prometheus.io/download.',
    exitCodes.config,
  );
}

function look() {
  const [prometheus, promtool] = [which('prometheus'), which('promtool')];
  return prometheus === null || promtool === null ? null : { prometheus, promtool };
}
