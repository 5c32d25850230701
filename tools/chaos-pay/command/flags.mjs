import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../../dev/processes/parse-flags.mjs';

/** In the order in which they are played; src/scenarios has them. */
export const scenarioNames = [
  'kill',
  'kill-listing',
  'freeze',
  'rolling',
  'busy',
  'ramp',
  'key',
  'budget',
  'cancel',
  'pause',
  'idempotency',
];

export const usage = `npm run chaos:pay -- [flags]

Plays what can go wrong on the paid path, with the real services beside a stand-in of fal, and looks from outside
whether every file was bought at most once and the money adds up. About 15 minutes.

  --seed S        the same seed makes the same photos, faults and victims (default: random, printed)
  --files N       in every scenario, instead of the number that each has
  --only NAME,…   some of: ${scenarioNames.join(', ')}
  --short         as npm test plays them: fewer files, shorter generations, weaker limits
  --json FILE     write the results to a file
  --no-install    no Debian packages
  --help

RabbitMQ and Redis: AMQP_URL, REDIS_URL and I2M_TEST_AMQP_API_URL, else Docker, else private ones.
Exit code 0: every invariant held; 1: one did not; 64: wrong flags; 78: no servers.`;

/**
 * @typedef {{ seed: number, files: number | null, only: string[] | null, json: string | null, short: boolean, install: boolean }} Flags
 * @param {string[]} args
 * @returns {Flags | null} null when only help was asked for
 */
export function readFlags(args) {
  const values = parseFlags(args, {
    seed: { type: 'string' },
    files: { type: 'string' },
    only: { type: 'string' },
    short: { type: 'boolean' },
    json: { type: 'string' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return null;
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  return {
    seed: wholeNumber('--seed', values.seed, { min: 0, max: 2 ** 31 - 1 }) ?? randomInt(2 ** 31),
    files: wholeNumber('--files', values.files, { min: 12, max: 2_000 }) ?? null,
    only: values.only === undefined ? null : scenariosOf(values.only),
    json: values.json === undefined ? null : resolve(calledFrom, values.json),
    short: values.short ?? false,
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
