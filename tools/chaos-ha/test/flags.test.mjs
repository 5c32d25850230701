import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readFlags, scenarioNames } from '../command/flags.mjs';

const usage = (/** @type {RegExp} */ message) => ({ name: 'CommandError', exitCode: 64, message });

test('flags, and what they are without', () => {
  const flags = readFlags('--seed 7 --files 60 --only redis,paid --json /tmp/a.json'.split(' '));
  assert.deepEqual(flags, {
    ...{ seed: 7, files: 60, only: ['redis', 'paid'], json: '/tmp/a.json' },
    install: true,
  });
  const { seed, ...rest } = readFlags([]) ?? {};
  assert.ok(Number.isInteger(seed));
  assert.deepEqual(rest, { files: 1_000, only: null, json: null, install: true });
  assert.equal(readFlags(['--help']), null);
});

test('what is wrong is named', () => {
  assert.throws(() => readFlags(['--only', 'redis,nonsense']), usage(/nonsense.*absent-node/));
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
