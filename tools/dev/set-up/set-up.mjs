import { join } from 'node:path';
import { root, runDir } from '../processes/paths.mjs';
import { withLock } from '../processes/single-instance.mjs';
import { buildApps } from './build.mjs';
import { installPackages } from './install.mjs';

/**
 * Packages and bundles of this checkout, one command at a time: a demo and a test run may be started together.
 * @param {{ log: (text: string) => void, signal?: AbortSignal, build?: boolean }} options
 */
export const setUp = ({ log, signal, build = true }) =>
  withLock(
    join(runDir, 'set-up.lock'),
    { signal, onWait: ({ pid }) => log(`waiting for the set-up that runs already (process ${pid}) …`) },
    async () => {
      await installPackages({ root, log, signal });
      if (build) await buildApps({ root, log, signal });
    },
  );
