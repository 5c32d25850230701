import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { copyPackages, packagesWithDependencies } from '../pack/installed-packages.mjs';
import { isLeftOut } from '../pack/left-out.mjs';
import { packageFolderOf } from '../pack/package-folders.mjs';
import { bundledPackages, externalPackages } from '../pack/read-bundles.mjs';
import { librariesIn } from '../pack/runtime-packages.mjs';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'image2model-pack-'))));
afterEach(() => rmSync(dir, { recursive: true }));

/** @param {Record<string, unknown>} files */
function write(files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}
/** @param {string} name @param {object} [more] */
const manifest = (name, more = {}) => ({ name, version: '1.0.0', ...more });

test('the package that a file belongs to', () => {
  assert.equal(packageFolderOf('/x/node_modules/express/lib/a.js'), '/x/node_modules/express');
  assert.equal(packageFolderOf('/x/node_modules/@a/b/c.js'), '/x/node_modules/@a/b');
  assert.equal(packageFolderOf('/x/node_modules/a/node_modules/b/c.js'), '/x/node_modules/a/node_modules/b');
  assert.equal(packageFolderOf('/x/libs/broker/src/index.ts'), null);
});

test('what bundles hold, and what they load', () => {
  write({
    'app/dist/main.js':
      'require("fs"); require("node:net"); require("sharp"); require("./x.js"); const s = "require(1)"',
    'app/dist/thread.js':
      '(0, m.createRequire)(__filename)("onnxruntime-node"); createRequire(__filename)(require.resolve("@a/cv"))',
    'app/dist/inputs.json': [
      '../../node_modules/zod/index.js',
      '../../libs/x/src/a.ts',
      '../node_modules/@b/c/d.js',
    ],
  });
  const dist = join(dir, 'app/dist');
  assert.deepEqual(externalPackages(dist), ['@a/cv', 'onnxruntime-node', 'sharp']);
  // paths are meant from the app's folder
  assert.deepEqual(
    bundledPackages(dist),
    [join(dir, '../node_modules/zod'), join(dir, 'node_modules/@b/c')].sort(),
  );
});

test('packages come with what they need, and without what nothing loads', () => {
  write({
    'node_modules/sharp/package.json': manifest('sharp', {
      dependencies: { semver: '1' },
      optionalDependencies: { here: '1', 'for-another-machine': '1' },
    }),
    'node_modules/sharp/lib/index.js': '',
    'node_modules/sharp/lib/index.d.ts': '',
    'node_modules/sharp/src/a.cc': '',
    'node_modules/sharp/LICENSE.md': '',
    'node_modules/sharp/README.md': '',
    'node_modules/sharp/node_modules/semver/package.json': manifest('semver'),
    'node_modules/semver/package.json': manifest('semver', { version: '2.0.0' }),
    'node_modules/here/package.json': manifest('here'),
  });
  const found = packagesWithDependencies(['sharp', 'optional-and-absent'], join(dir, 'apps/x'));
  const names = ['here', 'sharp', 'sharp/node_modules/semver'];
  assert.deepEqual(
    found,
    names.map((name) => join(dir, 'node_modules', name)),
  );
  copyPackages(found, join(dir, 'out'));
  const copied = readdirSync(join(dir, 'out/node_modules/sharp'), { recursive: true });
  assert.deepEqual(copied.sort(), [
    ...['LICENSE.md', 'lib', 'lib/index.js', 'node_modules', 'node_modules/semver'],
    ...['node_modules/semver/package.json', 'package.json'],
  ]);
});

test('a dependency that is missing is named', () => {
  write({ 'node_modules/a/package.json': manifest('a', { dependencies: { b: '1' } }) });
  assert.throws(() => packagesWithDependencies(['a'], dir), /a needs b, which is not installed/);
});

test('of onnxruntime only the binaries of the image’s machine', () => {
  const arm = { platform: 'linux', arch: 'arm64' };
  const left = (/** @type {string} */ path) => isLeftOut('onnxruntime-node', `bin/napi-v6/${path}`, arm);
  assert.deepEqual(['linux/arm64/x.node', 'linux', 'linux/arm64'].map(left), [false, false, false]);
  assert.deepEqual(['linux/x64/x.node', 'darwin/arm64/x.node', 'win32'].map(left), [true, true, true]);
  assert.equal(isLeftOut('another', 'bin/napi-v6/win32/x64/x.node', arm), false);
});

test('libraries in what ldd prints', () => {
  const output = `\tlinux-vdso.so.1 (0x00007ffc)
\tlibstdc++.so.6 => /usr/lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f)`;
  assert.deepEqual(librariesIn(output), [
    'lib/x86_64-linux-gnu/libstdc++.so.6',
    'lib/x86_64-linux-gnu/libc.so.6',
    'lib64/ld-linux-x86-64.so.2',
  ]);
});
