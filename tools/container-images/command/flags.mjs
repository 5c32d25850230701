import { resolve } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags } from '../../dev/processes/parse-flags.mjs';
import { serviceNames } from '../../dev/services/service-names.mjs';

const drivers = ['overlay', 'vfs'];

export const usage = `npm run images:check [-- flags]

Builds the five images from the Dockerfile, without Docker (buildah), looks into each, starts each as user 1000 on a
read-only root against a real RabbitMQ and Redis, has all five run two batches, and stops them with work in hand.
Needs root on Debian or Ubuntu. About 5 minutes, most of it the first npm ci inside of the build.

  --only NAME,…          some of: ${serviceNames.join(', ')}; the batches are left out then
  --pull                 take node:24-bookworm-slim from its registry instead of making it from Debian and npm
  --npmrc FILE           npm's settings inside of the build (default: the registry and proxies of this machine's npm)
  --storage-driver NAME  ${drivers.join(' or ')} (default ${drivers[0]})
  --keep                 keep the images, the layers and the logs
  --no-install           no Debian packages
  --help

Exit code 0: all is well; 1: something is not; 64: wrong flags; 78: a program is missing.`;

/**
 * @typedef {{ only: string[] | null, pull: boolean, npmrc: string | null, driver: string, keep: boolean, install: boolean }} Flags
 * @param {string[]} args
 * @returns {Flags | null} null when only help was asked for
 */
export function readFlags(args) {
  const values = parseFlags(args, {
    only: { type: 'string' },
    pull: { type: 'boolean' },
    npmrc: { type: 'string' },
    'storage-driver': { type: 'string' },
    keep: { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return null;
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  return {
    only: values.only === undefined ? null : someOf('--only', values.only, serviceNames),
    pull: values.pull ?? false,
    npmrc: values.npmrc === undefined ? null : resolve(calledFrom, values.npmrc),
    driver: someOf('--storage-driver', values['storage-driver'] ?? 'overlay', drivers)[0] ?? 'overlay',
    keep: values.keep ?? false,
    install: !values['no-install'],
  };
}

/** @param {string} flag @param {string} text @param {readonly string[]} known */
function someOf(flag, text, known) {
  const asked = text.split(',').map((name) => name.trim());
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return asked;
  throw new CommandError(`${flag} ${unknown}: there is ${known.join(', ')}`, exitCodes.usage);
}
