import { randomInt } from 'node:crypto';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../../dev/processes/parse-flags.mjs';

export const usage = `npm run test:model -- [flags]

Searches the coordination scripts for schedules that break an invariant: random crashes, duplicates, zombies,
cancels, holds and retries on a real Redis (docs/adr/0010).

  --runs N        how many runs (default 20000)
  --seed S        the same seed makes the same runs (default: random, printed)
  --path P        with --seed: only the run that a violation named
  --mutants       then the same search on scripts that were broken on purpose: each must be caught
  --no-install    no Debian packages
  --help

Redis: I2M_TEST_REDIS_URL or REDIS_URL, else one of this machine, else Docker, else apt.
Exit code 0: no violation and every mutant caught; 1: a violation or a survivor; 64: wrong flags; 78: no Redis.`;

const mostRuns = 10_000_000;

/**
 * @typedef {{ runs: number, seed: number, path: string | null, mutants: boolean, install: boolean }} Flags
 * @param {string[]} args
 * @returns {Flags | null} null when only help was asked for
 */
export function readFlags(args) {
  const values = parseFlags(args, {
    runs: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    mutants: { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (values.help) return null;
  const path = values.path ?? null;
  const seed = readSeed(values.seed);
  if (path !== null && (seed === undefined || !/^\d+(:\d+)*$/.test(path)))
    throw new CommandError(
      `--path ${path}: give the seed and the path that a violation named`,
      exitCodes.usage,
    );
  return {
    runs: wholeNumber('--runs', values.runs, { min: 1, max: mostRuns }) ?? 20_000,
    seed: seed ?? randomInt(2 ** 31),
    path,
    mutants: values.mutants ?? false,
    install: !values['no-install'],
  };
}

/** fast-check's seeds are 32-bit numbers with a sign. @param {string | undefined} text */
function readSeed(text) {
  if (text === undefined) return undefined;
  if (/^-?\d+$/.test(text) && Number(text) === (Number(text) | 0)) return Number(text);
  throw new CommandError(`--seed ${text}: give a whole number of 32 bits`, exitCodes.usage);
}
