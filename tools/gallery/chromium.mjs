import { CommandError, exitCodes } from '../dev/processes/exit-codes.mjs';
import { aptUsable, installWithApt } from '../dev/servers/apt.mjs';
import { which } from '../dev/servers/find-binaries.mjs';

const findChromium = () => which('chromium') ?? which('chromium-browser') ?? which('google-chrome');

/**
 * The browser's path; Debian's package is installed when there is none.
 * @param {{ log: (text: string) => void, signal: AbortSignal, allowInstall: boolean }} context
 */
export async function chromiumPath({ log, signal, allowInstall }) {
  if (findChromium() === null && allowInstall && aptUsable())
    await installWithApt(['chromium'], { log, signal });
  const path = findChromium();
  if (path !== null) return path;
  throw new CommandError(
    'The gallery needs Chromium; there is none on PATH (Debian: apt-get install chromium).',
    exitCodes.config,
  );
}
