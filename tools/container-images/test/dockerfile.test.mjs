import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../dev/processes/paths.mjs';
import { nodeFlags } from '../../dev/services/node-flags.mjs';
import { serviceNames } from '../../dev/services/service-names.mjs';
import { dockerfileProblems, parseDockerfile } from '../checks/dockerfile-problems.mjs';

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');

test('the Dockerfile keeps the rules', () => {
  assert.deepEqual(dockerfileProblems(text, serviceNames), []);
});

test('every app has a target, and the last stages are those', () => {
  const stages = parseDockerfile(text).map(({ name }) => name);
  assert.deepEqual(stages.slice(-serviceNames.length), serviceNames);
  assert.deepEqual([...serviceNames].sort(), readdirSync(join(root, 'apps')).sort());
});

test("a service's command has the flags that it has everywhere", () => {
  for (const service of serviceNames) {
    const own = parseDockerfile(text).find(({ name }) => name === service)?.instructions ?? [];
    const command = own.find(({ word }) => word === 'CMD')?.rest;
    const flags = nodeFlags[service] ?? [];
    assert.equal(
      command,
      flags.length === 0 ? undefined : JSON.stringify(['node', ...flags, 'main.js']).replaceAll(',', ', '),
    );
  }
});

test('only what is named is sent to a build, and never a key', () => {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  assert.equal(patterns[0], '*');
  const lastAllowed = patterns.findLastIndex((pattern) => pattern.startsWith('!'));
  for (const secret of ['**/.env*', '**/*.env', '**/node_modules'])
    assert.ok(patterns.indexOf(secret) > lastAllowed, secret);
});

/** @type {[string, RegExp, (good: string) => string][]} */
const mistakes = [
  ['a floating base', /is not pinned/, (good) => good.replace('node:24-bookworm-slim AS', 'node:latest AS')],
  [
    'a base without a version',
    /is not pinned/,
    (good) => good.replace('node:24-bookworm-slim AS', 'node AS'),
  ],
  ['root', /gateway.*USER/, (good) => good.replace('USER 1000:1000', 'USER root')],
  ['root again, later', /gateway.*USER/, (good) => good.replace('ENV HOST=', 'USER 0\nENV HOST=')],
  ['another signal', /STOPSIGNAL/, (good) => good.replace('STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGKILL')],
  ['ADD', /ADD/, (good) => good.replace('COPY . .', 'ADD . .')],
  ['scripts of packages', /--ignore-scripts/, (good) => good.replace('--ignore-scripts ', '')],
  ['an install without the lock', /npm ci/, (good) => good.replace('npm ci --', 'npm install --')],
  ['a command in a shell', /CMD/, (good) => good.replace('CMD ["node", "main.js"]', 'CMD node main.js')],
  [
    'a secret as an argument',
    /NPM_TOKEN/,
    (good) => good.replace('FROM deps AS build', 'ARG NPM_TOKEN\nFROM deps AS build'),
  ],
  [
    'the build in the image',
    /gateway.*build/,
    (good) => good.replace('FROM runtime AS gateway', 'FROM build AS gateway'),
  ],
  [
    'a missing target',
    /alert-service.*no stage/,
    (good) => good.replace('AS alert-service\n', 'AS alerts\n'),
  ],
];
for (const [name, expected, change] of mistakes)
  test(`caught: ${name}`, () => {
    const changed = change(text);
    assert.notEqual(changed, text);
    assert.match(dockerfileProblems(changed, serviceNames).join('\n'), expected);
  });
