import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { staleReason, unlockedDependency } from '../set-up/install-state.mjs';

/** @type {string} */
let root;
const write = (/** @type {string} */ file, /** @type {unknown} */ value) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(value));
};
const otherSystem = process.platform === 'win32' ? 'linux' : 'win32';
const packages = {
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/only-elsewhere': { version: '2.0.0', optional: true, os: [otherSystem] },
  'apps/x': { version: '0.1.0' },
};
const installed = { 'node_modules/a': packages['node_modules/a'], 'apps/x': packages['apps/x'] };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-state-'));
  write('package.json', { workspaces: ['apps/*'] });
  write('apps/x/package.json', { dependencies: { a: '1.0.0' } });
  write('package-lock.json', { packages });
  write('node_modules/.package-lock.json', { packages: installed });
  write('node_modules/a/package.json', {});
});
afterEach(() => rmSync(root, { recursive: true }));

test('what npm ci leaves is fresh, without the optional packages of other machines', () => {
  assert.equal(staleReason(root), null);
  assert.equal(unlockedDependency(root), null);
});

test('no node_modules', () => {
  rmSync(join(root, 'node_modules'), { recursive: true });
  assert.match(staleReason(root) ?? '', /missing/);
});

test('an installation that was cut short', () => {
  rmSync(join(root, 'node_modules/.package-lock.json'));
  assert.match(staleReason(root) ?? '', /unfinished/);
});

test('a package-lock.json that moved on', () => {
  write('package-lock.json', {
    packages: { ...packages, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-b' } },
  });
  assert.match(staleReason(root) ?? '', /node_modules\/a /);
});

test('a package that was deleted by hand', () => {
  rmSync(join(root, 'node_modules/a'), { recursive: true });
  assert.match(staleReason(root) ?? '', /node_modules\/a /);
});

test('node_modules copied from another kind of machine', () => {
  write('node_modules/.package-lock.json', { packages });
  mkdirSync(join(root, 'node_modules/only-elsewhere'));
  assert.match(staleReason(root) ?? '', /another kind of machine/);
});

test('a dependency that package-lock.json does not have yet', () => {
  write('apps/x/package.json', { dependencies: { a: '1.0.1' } });
  assert.equal(unlockedDependency(root), 'apps/x/package.json: a 1.0.1');
  write('apps/x/package.json', { dependencies: { a: '*', b: '^1' } });
  assert.equal(unlockedDependency(root), 'apps/x/package.json: b ^1');
  assert.equal(staleReason(root), null, 'npm ci cannot help, so it is not asked to');
});
