import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../s3/open-store.mjs';

test('objects outlive the process that took them; what is deleted does not', async () => {
  const dir = mkdtempSync(join(tmpdir(), 's3-'));
  try {
    const store = await openStore(dir);
    store.createBucket('b');
    store.createBucket('empty');
    store.putObject('b', 'batches/x/manifest.json', Buffer.from('{}'));
    store.putObject('b', 'gone', Buffer.from('x'));
    for (const key of ['gone', 'never', 'batches/x']) store.deleteObject('b', key);
    const id = store.createMultipartUpload('b', 'batches/x/models/0.glb');
    const etag = store.uploadPart(id, 1, Buffer.from('model'));
    assert.equal(existsSync(join(dir, 'b/batches/x/models/0.glb')), false);
    store.completeMultipartUpload(id, [{ partNumber: 1, etag }]);
    const after = await openStore(dir);
    assert.deepEqual([...after.buckets.keys()].sort(), ['b', 'empty']);
    assert.deepEqual([...after.buckets.get('b').keys()].sort(), [
      'batches/x/manifest.json',
      'batches/x/models/0.glb',
    ]);
    assert.equal(String(after.getObject('b', 'batches/x/models/0.glb').body), 'model');
    assert.throws(() => after.putObject('b', '../../outside', Buffer.from('x')), /leaves its bucket/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    rmSync(`${dir}.new`, { force: true });
  }
});
