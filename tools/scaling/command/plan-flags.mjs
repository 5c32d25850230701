import { resolve } from 'node:path';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags } from '../../dev/processes/parse-flags.mjs';

/**
 * @typedef {import('../model/assumptions.mjs').Wishes} Wishes
 * @typedef {Exclude<keyof Wishes, 'provider' | 'filesPerDay'>} Wish
 * @typedef {{ help: boolean, refill: boolean, json: string | null, filesPerDay: number, provider: 'fal' | 'embedded',
 *   wishes: Partial<Pick<Wishes, Wish>> }} PlanFlags
 */

/** @type {Record<string, { wish: Wish, min: number, max: number }>} */
const wishes = {
  'peak-factor': { wish: 'peakFactor', min: 1, max: 24 },
  'drain-hours': { wish: 'drainHours', min: 0, max: 23 },
  'batch-files': { wish: 'batchFiles', min: 1, max: 100_000 },
  'image-mb': { wish: 'imageMb', min: 0.001, max: 1_000 },
  'model-mb': { wish: 'modelMb', min: 0.001, max: 2_000 },
  'seconds-per-model': { wish: 'secondsPerModel', min: 0.001, max: 1_800 },
  'retention-hours': { wish: 'retentionHours', min: 1, max: 8_760 },
  downloads: { wish: 'downloads', min: 0, max: 1_000 },
  watchers: { wish: 'watchers', min: 0, max: 10_000 },
  'watch-minutes': { wish: 'watchMinutes', min: 0, max: 10_000 },
  'fal-concurrency': { wish: 'falConcurrency', min: 1, max: 100_000 },
  'usd-per-file': { wish: 'usdPerFile', min: 0, max: 1_000 },
  'worker-cores': { wish: 'workerCores', min: 1, max: 1_000_000 },
  'redis-gb': { wish: 'redisGb', min: 0.1, max: 10_000 },
  'broker-cores': { wish: 'brokerCores', min: 1, max: 1_000 },
  'disk-mb-per-s': { wish: 'diskMbPerS', min: 1, max: 100_000 },
  'storage-tb': { wish: 'storageTb', min: 0.001, max: 1_000_000 },
  'network-gbit': { wish: 'networkGbit', min: 0.01, max: 100_000 },
};

export const planHelp = `npm run scale:plan -- [flags]   what an installation needs for so many files a day, and what gives out first

  --files-per-day N       default 100,000
  --provider NAME         fal (default) or embedded
  --peak-factor X         the busiest hour of a day beside its average hour (default 6)
  --drain-hours H         so long after the busiest hour its last model may come (default 0)
  --batch-files N         of a batch, on average (default 100)
  --image-mb X            of a photo (default 1.5)      --model-mb X   of a model (default: fal 8, embedded as measured)
  --seconds-per-model X   a generation at fal (default 60); embedded: processor time (default as measured)
  --retention-hours N     how long results are kept (default 168)
  --downloads X           of each model through the gateway (default 1; 0 where links lead to S3)
  --watchers X            event streams for each batch (default 2)      --watch-minutes X   how long (default 30)
  --fal-concurrency N     generations that the account runs at a time (default 40)      --usd-per-file X   (default 0.3)
  --worker-cores N        processors for all workers (default 64)
  --redis-gb X  --broker-cores N  --disk-mb-per-s X  --storage-tb X  --network-gbit X
                          of the machine of Redis (16), of a RabbitMQ node (4, 100), a shared volume (10), the network (10)
  --json FILE             write the plan to a file; its folder is made
  --refill                write the tables of docs/scaling.md anew, from tools/scaling/constants.json
  --help

Ends with 0, also when something gives out; 64 for wrong flags, 78 when the constants are missing.`;

/** @param {string} flag @param {unknown} text @param {{ min: number, max: number }} limits @returns {number | undefined} */
function numberOf(flag, text, { min, max }) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (typeof text === 'string' && text.trim() !== '' && value >= min && value <= max) return value;
  const range = `${min.toLocaleString('en-US')} to ${max.toLocaleString('en-US')}`;
  throw new CommandError(`--${flag} ${text}: give a number from ${range}`, exitCodes.usage);
}

/** @param {string | undefined} text @returns {'fal' | 'embedded'} */
function providerOf(text = 'fal') {
  if (text === 'fal' || text === 'embedded') return text;
  throw new CommandError(`--provider ${text}: give fal or embedded`, exitCodes.usage);
}

/** @type {Record<string, { type: 'string' | 'boolean', short?: string }>} */
const flagTypes = {
  ...Object.fromEntries(Object.keys(wishes).map((flag) => [flag, { type: /** @type {const} */ ('string') }])),
  'files-per-day': { type: 'string' },
  provider: { type: 'string' },
  json: { type: 'string' },
  refill: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

/** @param {string[]} args @returns {PlanFlags} */
export function parsePlanFlags(args) {
  const flags = /** @type {Record<string, any>} */ (parseFlags(args, flagTypes));
  const named = Object.entries(wishes).flatMap(([flag, { wish, ...limits }]) => {
    const value = numberOf(flag, flags[flag], limits);
    return value === undefined ? [] : [[wish, value]];
  });
  // npm runs scripts at the root, and tells where it was called: paths are meant from there.
  const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
  return {
    help: flags['help'] === true,
    refill: flags['refill'] === true,
    json: flags['json'] === undefined ? null : resolve(calledFrom, flags['json']),
    filesPerDay: numberOf('files-per-day', flags['files-per-day'], { min: 1, max: 1e9 }) ?? 100_000,
    provider: providerOf(flags['provider']),
    wishes: Object.fromEntries(named),
  };
}
