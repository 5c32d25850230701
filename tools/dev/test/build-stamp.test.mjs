import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { isBuilt, missingBundles, rememberBuild, sourceFingerprint } from '../set-up/build-stamp.mjs';

test('a build is skipped until a source, a bundle or the stamp changes', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'build-stamp-'));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (/** @type {string} */ file, /** @type {string} */ text) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const build = () => rememberBuild(root, sourceFingerprint(root));
  write('apps/x/package.json', '{}');
  write('apps/x/src/main.ts', '1');
  write('libs/y/src/index.ts', '1');
  assert.deepEqual(missingBundles(root), [join(root, 'apps/x/dist')]);
  assert.equal(isBuilt(root), false);

  write('apps/x/dist/main.js', '1');
  assert.equal(isBuilt(root), false);
  build();
  assert.equal(isBuilt(root), true);

  write('apps/x/test/x.int.spec.ts', 'a test is not in the bundle');
  assert.equal(isBuilt(root), true);

  write('libs/y/src/index.ts', '22');
  assert.equal(isBuilt(root), false);
  build();
  write('apps/x/dist/main.js', 'by hand');
  assert.equal(isBuilt(root), false);
});
