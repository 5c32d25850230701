import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFlags } from '../command/flags.mjs';

const usage = (/** @type {RegExp} */ message) => ({ name: 'CommandError', exitCode: 64, message });

test('flags, and what they are without', () => {
  const nothing = { only: null, pull: false, npmrc: null, driver: 'overlay', keep: false, install: true };
  assert.deepEqual(readFlags([]), nothing);
  const all =
    '--only gateway,alert-service --pull --npmrc /tmp/npmrc --storage-driver vfs --keep --no-install';
  assert.deepEqual(readFlags(all.split(' ')), {
    ...{ only: ['gateway', 'alert-service'], pull: true, npmrc: '/tmp/npmrc' },
    ...{ driver: 'vfs', keep: true, install: false },
  });
  assert.equal(readFlags(['--help']), null);
});

test('what is wrong is named', () => {
  assert.throws(() => readFlags(['--only', 'gateway,nonsense']), usage(/nonsense.*model-worker/));
  assert.throws(() => readFlags(['--storage-driver', 'zfs']), usage(/zfs.*overlay, vfs/));
  assert.throws(() => readFlags(['--what']), usage(/--what/));
});
