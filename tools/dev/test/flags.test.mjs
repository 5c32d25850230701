import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseDemoFlags } from '../demo/demo-command.mjs';
import { root } from '../processes/paths.mjs';
import { parseReplicas } from '../services/replicas.mjs';
import { parseStartFlags } from '../services/start-command.mjs';
import { floorOf, isAtLeast } from '../set-up/require-node.mjs';

const usage = (/** @type {RegExp} */ message) => ({ name: 'CommandError', exitCode: 64, message });

test('replicas: lists, repeats, the last word counts', () => {
  const counts = parseReplicas(['model-worker=3,batch-orchestrator=2', 'model-worker=4', 'alert-service=0']);
  assert.equal(counts['model-worker'], 4);
  assert.equal(counts['batch-orchestrator'], 2);
  assert.equal(counts['alert-service'], 0);
  assert.equal(counts['gateway'], 1);
});

test('replicas: what is wrong is named', () => {
  assert.throws(() => parseReplicas(['model-wrker=3']), usage(/model-wrker/));
  assert.throws(() => parseReplicas(['model-worker']), usage(/"model-worker"/));
  assert.throws(() => parseReplicas(['model-worker=-1']), usage(/"model-worker=-1"/));
  assert.throws(() => parseReplicas(['model-worker=33']), usage(/at most 32/));
  assert.throws(() => parseReplicas(['gateway=2']), usage(/one port/));
});

test('start: port and --no-install', () => {
  const flags = parseStartFlags(['--port', '9000', '--no-install', '--replicas', 'model-worker=2']);
  assert.equal(flags.port, 9000);
  assert.equal(flags.allowInstall, false);
  assert.equal(flags.replicas['model-worker'], 2);
  assert.throws(() => parseStartFlags(['--port', '65536']), usage(/--port 65536/));
  assert.throws(() => parseStartFlags(['--port', '80x']), usage(/--port 80x/));
  assert.throws(() => parseStartFlags(['--colour']), usage(/--colour/));
  assert.throws(() => parseStartFlags(['9000']), usage(/9000/));
});

test('demo: folders and the face limit', () => {
  const flags = parseDemoFlags(['--photos', '/tmp/a', '--face-limit', '2000']);
  assert.equal(flags.photos, '/tmp/a');
  assert.equal(flags.out, resolve(root, 'out/demo'));
  assert.equal(flags.faceLimit, 2000);
  assert.throws(() => parseDemoFlags(['--face-limit', '0']), usage(/--face-limit 0/));
  assert.throws(() => parseDemoFlags(['--photo', 'x']), usage(/--photo/));
});

test('storage: the flag and STORAGE_URL agree, or the flag is refused', () => {
  const before = process.env['STORAGE_URL'];
  const kindWith = (/** @type {string} */ url, /** @type {string[]} */ ...flags) => {
    process.env['STORAGE_URL'] = url;
    return [parseStartFlags(flags).storage, parseDemoFlags(flags).storage];
  };
  try {
    assert.deepEqual(kindWith(''), ['file', 'file']);
    assert.deepEqual(kindWith('', '--storage', 's3'), ['s3', 's3']);
    assert.deepEqual(kindWith('s3://bucket/x'), ['s3', 's3']);
    assert.throws(() => kindWith('', '--storage', 'S3'), usage(/--storage S3: give file or s3/));
    assert.throws(() => kindWith('file:///data', '--storage', 's3'), usage(/STORAGE_URL names another kind/));
    assert.throws(
      () => kindWith('s3://bucket/x', '--storage', 'file'),
      usage(/STORAGE_URL names another kind/),
    );
  } finally {
    if (before === undefined) delete process.env['STORAGE_URL'];
    else process.env['STORAGE_URL'] = before;
  }
});

test('versions of Node', () => {
  const floor = floorOf('>=20.19');
  assert.deepEqual(floor, [20, 19]);
  assert.equal(isAtLeast('20.19.0', floor), true);
  assert.equal(isAtLeast('20.20.2', floor), true);
  assert.equal(isAtLeast('22.1.0', floor), true);
  assert.equal(isAtLeast('20.18.9', floor), false);
  assert.equal(isAtLeast('9.99.0', floor), false);
});
