import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readFlags, scenarioNames } from '../command/flags.mjs';

const usage = (/** @type {RegExp} */ message) => ({ name: 'CommandError', exitCode: 64, message });

test('flags, and what they are without', () => {
  const flags = readFlags('--seed 7 --files 40 --only kill,budget --json /tmp/a.json --short'.split(' '));
  assert.deepEqual(flags, {
    ...{ seed: 7, files: 40, only: ['kill', 'budget'], json: '/tmp/a.json' },
    ...{ short: true, install: true },
  });
  const { seed, ...rest } = readFlags([]) ?? {};
  assert.ok(Number.isInteger(seed));
  assert.deepEqual(rest, { files: null, only: null, json: null, short: false, install: true });
  assert.equal(readFlags(['--help']), null);
});

test('what is wrong is named', () => {
  assert.throws(() => readFlags(['--only', 'kill,nonsense']), usage(/nonsense.*kill-listing/));
  assert.throws(() => readFlags(['--files', '-1']), usage(/--files/));
  assert.throws(() => readFlags(['--what']), usage(/--what/));
});

test('the names are those of the scenarios', () => {
  const list = readFileSync(join(import.meta.dirname, '../src/scenarios/scenarios.ts'), 'utf8');
  const known = /scenarios: readonly Scenario\[\] = \[([^\]]*)\]/.exec(list)?.[1] ?? '';
  const names = known
    .split(',')
    .map((name) => name.trim().replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
    .filter((name) => name !== '');
  assert.deepEqual(names, scenarioNames);
});
