import { buildSync } from 'esbuild';
import { basename, join } from 'node:path';

/** Bundles a thread script the way tools/build.mjs bundles an app's. */
export function buildThread(entry: string): string {
  const outfile = join(
    __dirname,
    '../out-tsc/test',
    `${basename(entry, '.ts')}-${process.env['JEST_WORKER_ID']}.js`,
  );
  buildSync({
    entryPoints: [join(__dirname, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    conditions: ['@image2model/source'],
    logLevel: 'warning',
  });
  return outfile;
}
