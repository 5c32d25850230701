import type { ServiceName } from '@image2model/contracts';
import { keyCatalog, type KeyEntry } from '../keys.js';
import { accessTo, channelsOf } from './key-rights.js';

/**
 * Everything that a program does with data, and nothing that is done to a server. INFO, TIME and WAIT belong to no
 * harmless category; walking through all keys is for the clean-up alone.
 */
const commands = [
  ...['-@all', '+@read', '+@write', '+@transaction', '+@pubsub', '+@scripting', '+@connection'],
  ...['-@admin', '-@dangerous', '-function', '-script', '+script|load', '+script|exists'],
  ...['-scan', '-randomkey', '-dbsize', '-psubscribe', '-pubsub', '-move', '-copy', '-dump'],
  ...['+info', '+time', '+wait'],
];

/** The service that looks for keys that nobody knows any more. */
const sweeper: ServiceName = 'maintenance-worker';

/** The glob of a key's pattern: `i2m:{<batch>}:a:<idx>` is `i2m:{bat_*}:a:*`. */
export const globOf = ({ pattern }: Pick<KeyEntry, 'pattern'>): string =>
  pattern.replaceAll('<batch>', 'bat_*').replaceAll(/<[^>]*>/g, '*');

const oneLetter = /^(.*:)([a-z])$/;

/**
 * The same names in fewer globs: those that differ in one letter at the end share one (`…:[bsf]`), and stand first. Redis
 * compares each key of each step with one glob after the other.
 */
export function joined(globs: readonly string[]): string[] {
  const letters = new Map<string, string>();
  const others: string[] = [];
  for (const glob of globs) {
    const [, start, letter] = oneLetter.exec(glob) ?? [];
    if (start === undefined || letter === undefined) others.push(glob);
    else letters.set(start, (letters.get(start) ?? '') + letter);
  }
  return [...Array.from(letters, ([start, ends]) => `${start}[${ends}]`), ...others];
}

/**
 * The rights of a service as Redis 7 takes them after `ACL SETUSER <name> reset`; without a password, and off.
 * A right that is missing shows as a step in Redis that fails with NOPERM, and in `ACL LOG`.
 */
export function redisRulesOf(service: ServiceName): string[] {
  const globs = (wanted: 'write' | 'read'): string[] =>
    joined(keyCatalog.filter(({ name }) => accessTo(name, service) === wanted).map(globOf));
  const keys = [...globs('write').map((glob) => `~${glob}`), ...globs('read').map((glob) => `%R~${glob}`)];
  // what an older version left of a batch has names that this one does not know
  const sweeps = service === sweeper ? ['~i2m:{bat_*}:*', '+scan'] : [];
  return [...commands, ...keys, ...sweeps, ...channelsOf(service).map((channel) => `&${channel}`)];
}
