import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { aptUsable, installWithApt } from './apt.mjs';
import { which } from './find-binaries.mjs';

const findChromium = () => which('chromium') ?? which('chromium-browser') ?? which('google-chrome');

/**
 * The browser's path; Debian's package is installed when there is none.
 * @param {{ log: (text: string) => void, signal?: AbortSignal, allowInstall: boolean }} context
 */
export async function chromiumPath({ log, signal, allowInstall }) {
  if (findChromium() === null && allowInstall && aptUsable())
    await installWithApt(['chromium'], { log, ...(signal === undefined ? {} : { signal }) });
  const path = findChromium();
  if (path !== null) return path;
  throw new CommandError(
    'Chromium is needed; there is none on PATH (Debian: apt-get install chromium).',
    exitCodes.config,
  );
}

/**
 * For tests of pages, which fail without it; all others need none.
 * @param {{ log: (text: string) => void, allowInstall: boolean }} context
 * @returns {Promise<string | undefined>}
 */
export async function chromiumForTests(context) {
  try {
    return await chromiumPath(context);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    context.log(`${error.message} Tests in a browser will fail.`);
    return undefined;
  }
}
