import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configProblems } from '../checks/config-problems.mjs';
import { contentProblems, developmentPackages } from '../checks/content-problems.mjs';
import { imageTable } from '../report/image-table.mjs';
import { writeProblems } from '../running/probe-image.mjs';
import { rightsProblems } from '../running/running-service.mjs';

const label = (/** @type {string} */ name) => `org.opencontainers.image.${name}`;
const names = ['title', 'description', 'revision', 'source', 'licenses'];
const config = {
  User: '1000:1000',
  StopSignal: 'SIGTERM',
  WorkingDir: '/app',
  Cmd: ['node', '--initial-heap-size=64', 'main.js'],
  Env: ['NODE_ENV=production', 'STORAGE_URL=file:///var/lib/image2model'],
  Labels: { ...Object.fromEntries(names.map((name) => [label(name), 'x'])), [label('version')]: '0.1.0' },
};
const history = ['/bin/sh -c #(nop) COPY dir:1 in /', '/bin/sh -c #(nop) USER 1000:1000'];
const expected = { version: '0.1.0', unwanted: ['registry.example.com'] };
const judge = (/** @type {object} */ changed, more = history) =>
  configProblems('gateway', { config: { ...config, ...changed }, history: more }, expected).join('\n');

test('a description that is as it should be', () => {
  assert.equal(judge({}), '');
  assert.equal(judge({ Entrypoint: null }), '');
});

test('a description that is not', () => {
  assert.match(judge({ User: 'root' }), /user is "root"/);
  assert.match(judge({ User: undefined }), /user is undefined/);
  assert.match(judge({ StopSignal: 'SIGKILL' }), /stop signal/);
  assert.match(judge({ Cmd: ['node', 'main.js'] }), /initial-heap-size/);
  assert.match(judge({ Entrypoint: ['sh'] }), /entry point/);
  assert.match(judge({ Labels: {} }), /title is missing/);
  assert.match(judge({ Env: ['FAL_KEY=abc'] }), /secret in "FAL_KEY/);
  assert.match(judge({ Env: ['REDIS_URL=redis://u:p@h'] }), /secret/);
  assert.match(judge({}, ['RUN |1 NPM_TOKEN=abc npm ci']), /secret/);
  assert.match(judge({}, ['RUN npm ci --registry https://registry.example.com/']), /registry\.example\.com/);
});

/** @param {string} path @param {object} [more] @returns {import('../checks/list-files.mjs').Entry} */
const file = (path, more = {}) => ({ path, kind: 'file', mode: 0o644, uid: 0, bytes: 1, ...more });
const good = [
  file('/usr/local/bin/node', { mode: 0o755 }),
  file('/app/main.js'),
  file('/app/node_modules/sharp/lib/index.js'),
  file('/tmp', { kind: 'folder', mode: 0o1777 }),
  file('/var/lib/image2model', { kind: 'folder', mode: 0o750, uid: 1000 }),
  file('/lib', { kind: 'link', mode: 0o777 }),
];
const look = (/** @type {import('../checks/list-files.mjs').Entry[]} */ ...more) =>
  contentProblems([...good, ...more], { devDependencies: ['esbuild'], files: ['main.js'] }).join('\n');

test('contents that are as they should be', () => assert.equal(look(), ''));

test('contents that should not be there', () => {
  for (const path of ['/bin/sh', '/usr/bin/gcc', '/usr/local/bin/npm', '/usr/sbin/useradd'])
    assert.match(look(file(path)), new RegExp(`${path} is a program`));
  assert.match(look(file('/usr/local/lib/node_modules/npm/index.js')), /a package manager/);
  assert.match(look(file('/app/src/main.ts')), /a source file/);
  assert.match(look(file('/app/main.js.map')), /a source map/);
  assert.match(look(file('/app/x.spec.js')), /a test/);
  for (const path of ['/root/.npmrc', '/app/.env', '/app/tls/server.key', '/app/.env.local'])
    assert.match(look(file(path)), /a place of secrets/);
  assert.match(look(file('/app/.git/HEAD')), /folder of the checkout/);
  assert.match(look(file('/app/node_modules/esbuild', { kind: 'folder' })), /development dependency/);
  assert.match(look(file('/usr/lib/x', { mode: 0o4755 })), /owner's rights/);
  assert.match(look(file('/app/x.js', { uid: 1000 })), /can be written by the service/);
  assert.match(look(file('/app/x.js', { mode: 0o666 })), /can be written by the service/);
  assert.match(
    contentProblems([], { devDependencies: [], files: ['main.js'] }).join(),
    /main\.js is missing/,
  );
});

test('which packages are for development only', () => {
  const locked = {
    '': {},
    'node_modules/a': { dev: true },
    'node_modules/@b/c': { dev: true },
    'node_modules/d': {},
  };
  const nested = { 'node_modules/d/node_modules/e': { dev: true }, 'apps/x': {} };
  assert.deepEqual(developmentPackages({ ...locked, ...nested }), ['a', '@b/c']);
});

test('a read-only root refuses root itself', () => {
  const outcomes = { '/': 'EROFS', '/app': 'EROFS', '/tmp': 'written', '/var/lib/image2model': 'written' };
  assert.deepEqual(writeProblems(outcomes), []);
  assert.match(writeProblems({ ...outcomes, '/': 'written' }).join(), /write to \/ gives written/);
  assert.match(writeProblems({ ...outcomes, '/app': 'EACCES' }).join(), /\/app gives EACCES/);
  assert.match(writeProblems({ ...outcomes, '/tmp': 'EROFS' }).join(), /\/tmp gives EROFS/);
});

const status = `Name:\tnode
Uid:\t1000\t1000\t1000\t1000
Gid:\t1000\t1000\t1000\t1000
Groups:\t 
CapPrm:\t0000000000000000
CapEff:\t0000000000000000
NoNewPrivs:\t1
`;

test('a process without any right', () => {
  assert.deepEqual(rightsProblems(status), []);
  assert.match(rightsProblems(status.replace('1000\t1000', '0\t0')).join(), /Uid 0/);
  assert.match(rightsProblems(status.replace('NoNewPrivs:\t1', 'NoNewPrivs:\t0')).join(), /NoNewPrivs 0/);
  assert.match(
    rightsProblems(status.replace('CapEff:\t0000000000000000', 'CapEff:\t00000000000400c0')).join(),
    /CapEff/,
  );
  assert.match(rightsProblems(status.replace('Groups:\t ', 'Groups:\t0 ')).join(), /Groups 0/);
});

test('the table', () => {
  const row = {
    name: 'model-worker',
    bytes: 220e6,
    files: 214,
    packages: 101,
    readyS: 7.61,
    stopS: null,
    problems: [],
  };
  const table = imageTable([row, { ...row, name: 'gateway', bytes: 301e6, problems: ['too large'] }]);
  assert.match(table, /model-worker +220 +≤ 420 +214 +101 +7\.6 +✓/);
  assert.match(table, /gateway +301 +≤ 300 .*✗ 1/);
});
