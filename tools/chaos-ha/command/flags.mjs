import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../../dev/processes/parse-flags.mjs';

/** In the order in which they are played; src/scenarios has them. */
export const scenarioNames = ['redis', 'rabbitmq', 'both', 'paid', 'absent-node', 'replicas'];

export const usage = `npm run chaos:ha -- [flags]

Kills the Redis master under Sentinels and the RabbitMQ node that leads the lane queue of a three-node cluster, while
the real services work on a batch, and looks from outside whether nothing is lost, told twice or paid twice. About 6 minutes.

  --seed S        the same seed makes the same photos and the same moments, counted in settled files (default: random, printed)
  --files N       of the batch in every scenario (default 1,000)
  --only NAME,…   some of: ${scenarioNames.join(', ')}
  --json FILE     write the results to a file
  --no-install    no Debian packages
  --help

RabbitMQ, Redis and Sentinels are processes of this machine; what is missing is installed by apt.
Exit code 0: every invariant held; 1: one did not; 64: wrong flags; 78: RabbitMQ or Redis is missing.`;

/**
 * @typedef {{ seed: number, files: number, only: string[] | null, json: string | null, install: boolean }} Flags
 * @param {string[]} args
 * @returns {Flags | null} null when only help was asked for
 */
export function readFlags(args) {
  const values = parseFlags(args, {
    seed: { type: 'string' },
    files: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return null;
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  return {
    seed: wholeNumber('--seed', values.seed, { min: 0, max: 2 ** 31 - 1 }) ?? randomInt(2 ** 31),
    files: wholeNumber('--files', values.files, { min: 50, max: 2_000 }) ?? 1_000,
    only: values.only === undefined ? null : scenariosOf(values.only),
    json: values.json === undefined ? null : resolve(calledFrom, values.json),
    install: !values['no-install'],
  };
}

/** @param {string} text */
function scenariosOf(text) {
  const asked = text.split(',').map((name) => name.trim());
  const unknown = asked.find((name) => !scenarioNames.includes(name));
  if (unknown === undefined) return asked;
  throw new CommandError(
    `--only ${unknown}: there is no such scenario; there are ${scenarioNames.join(', ')}`,
    exitCodes.usage,
  );
}
