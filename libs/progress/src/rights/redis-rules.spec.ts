import { services } from '@image2model/contracts';
import { keyCatalog, keys } from '../keys.js';
import { accessTo } from './key-rights.js';
import { globOf, joined, redisRulesOf } from './redis-rules.js';

const batch = 'bat_0123456789abcdef0123456789abcdef';
/** A glob as Redis reads it, for the few signs that ours use. */
const matches = (glob: string, name: string): boolean =>
  new RegExp(`^${glob.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
const named: Readonly<Record<string, string>> = {
  batch: keys.batch(batch),
  attempt: keys.attempt(batch, 7),
  spend: keys.spend('acme', 3),
  delivery: keys.delivery(batch, `${batch}.completed.1`),
  alertCount: keys.alertCount('slack', 3_600_000),
  idempotency: keys.idempotency('acme', 'ff'),
  webhookEndpoint: keys.webhookEndpoint('acme', 'ff'),
  slotsEnded: keys.slotsEnded('fal-1'),
  deadLetters: keys.deadLetters('open'),
  scheduleRuns: keys.scheduleRuns(),
  tenantBatches: keys.tenantBatches('acme'),
};

test('the glob of a key matches the key', () => {
  for (const entry of keyCatalog) {
    const name = named[entry.name];
    if (name !== undefined)
      expect([globOf(entry), matches(globOf(entry), name)]).toEqual([globOf(entry), true]);
  }
});

test('a glob of one key of a batch matches no other key of it', () => {
  const states = keyCatalog.find(({ name }) => name === 'states');
  expect(globOf(states ?? { pattern: '' })).toBe('i2m:{bat_*}:s');
  expect(matches('i2m:{bat_*}:s', keys.batch(batch))).toBe(false);
  expect(matches('i2m:{bat_*}:s', keys.slots('bat_x'))).toBe(false);
});

test('globs that differ in their last letter share one; all others stay', () => {
  expect(joined(['i2m:{bat_*}:b', 'i2m:active', 'i2m:{bat_*}:s', 'i2m:{bat_*}:due', 'i2m:{p:*}:g'])).toEqual([
    ...['i2m:{bat_*}:[bs]', 'i2m:{p:*}:[g]', 'i2m:active', 'i2m:{bat_*}:due'],
  ]);
});

test('every key has a writer, and no service may write all of them', () => {
  const written = services.map((service) =>
    keyCatalog.filter(({ name }) => accessTo(name, service) === 'write').map(({ name }) => name),
  );
  expect(new Set(written.flat()).size).toBe(keyCatalog.length);
  for (const own of written) expect(own.length).toBeLessThan(keyCatalog.length);
});

test('rules name commands and keys; nothing is granted by a wild card alone', () => {
  for (const service of services) {
    const rules = redisRulesOf(service);
    expect(rules[0]).toBe('-@all');
    expect(rules).not.toContain('~*');
    expect(rules.filter((rule) => /^(%R)?~/.test(rule)).every((rule) => rule.includes('~i2m:'))).toBe(true);
    expect(rules.filter((rule) => rule.startsWith('&')).every((rule) => /^&i2m:[a-z-]+$/.test(rule))).toBe(
      true,
    );
    expect(rules.includes('+scan')).toBe(service === 'maintenance-worker');
  }
  expect(redisRulesOf('alert-service')).toContain('%R~i2m:{bat_*}:[sfep]');
  expect(redisRulesOf('model-worker').some((rule) => rule.includes('idempotency'))).toBe(false);
});
