import { resolve } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../../dev/processes/parse-flags.mjs';
import { systemNames } from './plan.mjs';

/**
 * @typedef {import('./plan.mjs').SystemName} SystemName
 * @typedef {'everysec' | 'always'} AppendFsync when Redis brings its log to the disk
 * @typedef {{ help: boolean, json: string | null, sizes: number[] | null, large: boolean, repeats: number,
 *   only: readonly SystemName[], appendfsync: AppendFsync, build: boolean, allowInstall: boolean }} BenchFlags
 *   sizes: files a batch, ascending; null: the usual ones
 */

export const benchHelp = `npm run bench [-- flags]   no-op files through the real services, beside other ways to do it

  --n N,…             files a batch (default: 100,1000,10000)
  --large             also 100,000 files, for image2model and raw-quorum (the others need minutes a batch)
  --repeats R         rounds; each runs every system once with every N, below 1,000 files twice (default: 3).
                      Celery's 10,000 and all 100,000 run in two of them
  --only NAME,…       some of: ${systemNames.join(', ')}
  --appendfsync WHEN  everysec (default) or always, for Redis under every system
  --json FILE         write the rows to a file; its folder is made
  --no-build          run the bundles in apps/*/dist as they are
  --no-install        install no Debian packages when RabbitMQ or Redis are missing
  --help

RabbitMQ and Redis are its own, in a temporary folder that goes when it ends. The services take their other settings from
the environment, for example WORKER_PREFETCH. Ends with 0, whatever the speed; 1 when a run lost a file or had not
exactly one completion; 64 for wrong flags, 78 when something is missing, 130 after Ctrl-C.`;

/** @param {string} text */
function sizesOf(text) {
  const sizes = text.split(',').map((item) => wholeNumber('--n', item.trim(), { min: 1, max: 100_000 }) ?? 0);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

/** @param {string} text @returns {SystemName[]} in the order in which they run */
function systemsOf(text) {
  const asked = text.split(',').map((name) => name.trim());
  const unknown = asked.find((name) => !systemNames.some((known) => known === name));
  if (unknown === undefined) return systemNames.filter((name) => asked.includes(name));
  throw new CommandError(
    `--only ${unknown}: there is no such system; there are ${systemNames.join(', ')}`,
    exitCodes.usage,
  );
}

/** @param {string} text @returns {AppendFsync} */
function fsyncOf(text) {
  if (text === 'everysec' || text === 'always') return text;
  throw new CommandError(`--appendfsync ${text}: give everysec or always`, exitCodes.usage);
}

/** @param {string[]} args @returns {BenchFlags} */
export function parseBenchFlags(args) {
  const flags = parseFlags(args, {
    n: { type: 'string' },
    large: { type: 'boolean' },
    repeats: { type: 'string' },
    only: { type: 'string' },
    appendfsync: { type: 'string' },
    json: { type: 'string' },
    'no-build': { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  return {
    help: flags.help === true,
    json: flags.json === undefined ? null : resolve(calledFrom, flags.json),
    sizes: flags.n === undefined ? null : sizesOf(flags.n),
    large: flags.large === true,
    repeats: wholeNumber('--repeats', flags.repeats, { min: 1, max: 100 }) ?? 3,
    only: flags.only === undefined ? systemNames : systemsOf(flags.only),
    appendfsync: fsyncOf(flags.appendfsync ?? 'everysec'),
    build: flags['no-build'] !== true,
    allowInstall: flags['no-install'] !== true,
  };
}
