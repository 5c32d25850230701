import { join, relative } from 'node:path';
import { CommandError } from '../processes/exit-codes.mjs';
import { run } from '../processes/run.mjs';
import { isBuilt, missingBundles, rememberBuild, sourceFingerprint } from './build-stamp.mjs';

/** nx as these commands want it: no process that stays behind, no screen of its own. */
export const nxEnvironment = () => ({
  ...process.env,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
});

/**
 * Bundles every app through nx, which takes unchanged ones from its cache; says nothing more than a line unless it fails.
 * @param {{ root: string, log: (text: string) => void, signal?: AbortSignal }} context
 */
export async function buildApps({ root, log, signal }) {
  if (isBuilt(root)) return;
  log('building …');
  const started = performance.now();
  const sources = sourceFingerprint(root);
  const { code, output } = await run(
    join(root, 'node_modules/.bin/nx'),
    ['run-many', '-t', 'build', '--output-style=static'],
    { cwd: root, env: nxEnvironment(), signal },
  );
  if (code !== 0)
    throw new CommandError(`${output.trimEnd()}\n\nThe build failed; what it said stands above.`);
  const missing = missingBundles(root).map((folder) => relative(root, join(folder, 'main.js')));
  if (missing.length > 0) throw new CommandError(`The build left no ${missing.join(', ')}.`);
  rememberBuild(root, sources);
  log(`✓ built (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
