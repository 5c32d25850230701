import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../../dev/processes/parse-flags.mjs';
import { readFault } from './read-fault.mjs';

export const usage = `npm run fal:stand-in -- [flags]

A server on this machine that speaks fal's protocol: what the services do with FAL_KEY, without fal and without money.

  --port N                 default: any free one
  --key KEY[=STATE]        a key that is known, more than once: ok, unknown, locked, forbidden (default stand-in-key)
  --concurrency N          jobs at a time; others wait in its queue (default 2)
  --duration D             of a job in ms: 500, 500-2000 (uniform), lognormal:60000:0.4 (median, sigma) (default 500)
  --seed N                 of durations and faults (default 1)
  --fault F                more than once: NAME[=SHARE][,times=N][,timesPerImage=N][,ordinals=1+5][,image=REGEXP]
                           [,endpoint=ID][,status=N][,retryAfterS=N|none][,delayMs=N][,bytes=N]; a wrong NAME lists them
  --faces N                of a model, within its face_limit (default 800)
  --cancel-running HOW     finishes (default) or stops
  --webhooks on|off        default on
  --webhook-delay MS       --webhook-duplicate SHARE  --webhook-missing SHARE  --webhook-early SHARE
  --webhook-tries N        at most 10 (default)
  --webhook-pause MS       before the second try, doubles from try to try (default 250)
  --listing on|off         default on
  --listing-lag MS         --listing-page N (default 50)  --listing-finished-only
  --listing-input FORM     of json_input: object (default), string, none
  --queue-urls FORM        of status_url …: fal (https://queue.fal.run/…, default) or origin
  --file-urls FORM         of uploads and models: fal (https://v3.fal.media/…, default) or origin
  --help

GET /ledger lists every accepted job, GET /stats how the slots were used, POST /control changes all of it while it runs
(tools/fal-stand-in/README.md). Ends with 0 after Ctrl-C; 64: wrong flags; 78: the port is taken.`;

/** @type {Record<string, import('../../dev/processes/parse-flags.mjs').Flag>} */
const flagTypes = Object.fromEntries([
  ...'port concurrency duration seed faces cancel-running webhooks listing queue-urls file-urls'
    .split(' ')
    .map((name) => [name, { type: 'string' }]),
  ...'delay duplicate missing early tries pause'
    .split(' ')
    .map((name) => [`webhook-${name}`, { type: 'string' }]),
  ...'lag page input'.split(' ').map((name) => [`listing-${name}`, { type: 'string' }]),
  ['key', { type: 'string', multiple: true }],
  ['fault', { type: 'string', multiple: true }],
  ['listing-finished-only', { type: 'boolean' }],
  ['help', { type: 'boolean', short: 'h' }],
]);

/**
 * @param {string[]} args
 * @returns {object | null} options of startFalStandIn, whose names and ranges are checked there; null: help was asked for
 */
export function readStandInFlags(args) {
  const flags = /** @type {Record<string, any>} */ (parseFlags(args, flagTypes));
  if (flags['help']) return null;
  const whole = (/** @type {string} */ name) =>
    wholeNumber(`--${name}`, flags[name], { min: 0, max: Number.MAX_SAFE_INTEGER });
  const share = (/** @type {string} */ name) => numberOf(`--${name}`, flags[name]);
  return withoutUndefined({
    port: whole('port'),
    seed: whole('seed'),
    concurrency: whole('concurrency'),
    faces: whole('faces'),
    duration: durationOf(flags['duration']),
    keys: keysOf(flags['key']),
    faults: flags['fault']?.map(readFault),
    cancelRunning: flags['cancel-running'],
    queueUrls: flags['queue-urls'],
    fileUrls: flags['file-urls'],
    listingPage: whole('listing-page'),
    webhooks: withoutUndefined({
      enabled: onOff('--webhooks', flags['webhooks']),
      delayMs: whole('webhook-delay'),
      duplicateShare: share('webhook-duplicate'),
      missingShare: share('webhook-missing'),
      earlyShare: share('webhook-early'),
      tries: whole('webhook-tries'),
      firstPauseMs: whole('webhook-pause'),
    }),
    listing: withoutUndefined({
      enabled: onOff('--listing', flags['listing']),
      lagMs: whole('listing-lag'),
      finishedOnly: flags['listing-finished-only'],
      inputAs: flags['listing-input'],
    }),
  });
}

/** @param {Record<string, unknown>} values */
const withoutUndefined = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** @param {string} flag @param {string | undefined} text */
function numberOf(flag, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new CommandError(`${flag} ${text}: give a number`, exitCodes.usage);
}

/** @param {string} flag @param {string | undefined} text */
function onOff(flag, text) {
  if (text === undefined) return undefined;
  if (text === 'on' || text === 'off') return text === 'on';
  throw new CommandError(`${flag} ${text}: give on or off`, exitCodes.usage);
}

/** @param {string[] | undefined} texts */
function keysOf(texts) {
  if (texts === undefined) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, state = 'ok'] = /^(.*?)(?:=(.*))?$/.exec(text) ?? [];
      return [key, state];
    }),
  );
}

/** @param {string | undefined} text */
function durationOf(text) {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return { kind: 'fixed', ms: Number(text) };
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from !== undefined) return { kind: 'uniform', fromMs: Number(from), toMs: Number(to) };
  const [, median, sigma] = /^lognormal:(\d+):(\d*\.?\d+)$/.exec(text) ?? [];
  if (median !== undefined) return { kind: 'lognormal', medianMs: Number(median), sigma: Number(sigma) };
  throw new CommandError(
    `--duration ${text}: give milliseconds such as 500, 500-2000 or lognormal:60000:0.4`,
    exitCodes.usage,
  );
}
