import { run } from '../../../dev/processes/run.mjs';

/** The interpreter for which Debian's packages are made. */
export const python = '/usr/bin/python3';

/** How to get what is missing, for the table. */
export const howToInstall = 'apt-get install --no-install-recommends python3-celery python3-redis';

/**
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} version of Celery; null when it or Redis's client is missing
 */
export async function celeryVersion(signal) {
  const { code, output } = await run(python, ['-c', 'import celery, redis; print(celery.__version__)'], {
    signal,
    timeoutMs: 20_000,
  });
  return code === 0 ? output.trim() : null;
}
