import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { processIdentity, statFields } from '../processes/identity.mjs';
import { endLeftovers, openLedger } from '../processes/ledger.mjs';
import { takeLock } from '../processes/single-instance.mjs';

/** @type {string} */
let dir;
/** @type {import('node:child_process').ChildProcess} */
let sleeper;
const quiet = () => {};
const file = () => join(dir, 'ledger.json');
const isAlive = () => sleeper.exitCode === null && sleeper.signalCode === null;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000) // sleeper'], { stdio: 'ignore' });
  await once(sleeper, 'spawn');
});
afterEach(() => {
  sleeper.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});
const record = (/** @type {string[]} */ words) =>
  openLedger(file()).add({ name: 'sleeper', pid: sleeper.pid ?? 0, words });

test('a recorded process is ended, and the ledger goes', async () => {
  record(['sleeper']);
  await endLeftovers(file(), quiet, 2000);
  assert.equal(processIdentity(sleeper.pid ?? 0), null);
  assert.equal(existsSync(file()), false);
});

test('a pid that now belongs to another process is left alone', async () => {
  record(['sleeper']);
  writeFileSync(
    file(),
    readFileSync(file(), 'utf8').replace(/"identity": ".*"/, '"identity": "earlier boot:1"'),
  );
  await endLeftovers(file(), quiet, 0);
  assert.equal(isAlive(), true);
});

test('a process that does not look like what was recorded is left alone', async () => {
  record(['redis-server']);
  await endLeftovers(file(), quiet, 0);
  assert.equal(isAlive(), true);
});

test('a copied folder does not end the processes of the original', async () => {
  record(['sleeper']);
  cpSync(file(), join(dir, 'copy.json'));
  await endLeftovers(join(dir, 'copy.json'), quiet, 0);
  assert.equal(isAlive(), true);
});

test('a ledger that cannot be read counts as empty', async () => {
  writeFileSync(file(), '[{"pid":');
  await endLeftovers(file(), quiet, 0);
  assert.equal(existsSync(file()), false);
});

test('a process whose name holds brackets and spaces', () => {
  assert.deepEqual(statFields('12 (a) b (c) S 1 2').slice(0, 2), ['S', '1']);
});

test('a lock is held once, and taken over from the dead and from copies', () => {
  const lock = join(dir, 'start.lock');
  const first = takeLock(lock);
  assert.ok('release' in first);
  assert.ok('holder' in takeLock(lock));
  cpSync(lock, join(dir, 'copy.lock'));
  assert.ok('release' in takeLock(join(dir, 'copy.lock')));
  first.release();
  writeFileSync(lock, JSON.stringify({ pid: process.pid, identity: 'earlier boot:1', file: lock }));
  assert.ok('release' in takeLock(lock));
});
