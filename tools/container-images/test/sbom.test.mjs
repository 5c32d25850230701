import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packagesNamedIn } from '../checks/present-packages.mjs';
import { sbomProblems } from '../checks/sbom-problems.mjs';
import { makeSbom } from '../pack/sbom.mjs';

const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
/** @type {import('../pack/sbom.mjs').Part} */
const zod = {
  ...{ folder: 'node_modules/zod', name: 'zod', version: '4.6.7', license: 'MIT', integrity },
  ...{ place: 'bundle', needs: [] },
};
/** @type {import('../pack/sbom.mjs').Part} */
const sharp = {
  ...{
    folder: 'node_modules/sharp',
    name: 'sharp',
    version: '0.35.5',
    license: 'Apache-2.0 AND MIT',
    integrity,
  },
  ...{ place: 'node_modules', needs: ['node_modules/zod', 'node_modules/not-in-the-image'] },
};
const contents = {
  ...{ service: 'gateway', version: '0.1.0', nodeVersion: '24.1.0', parts: [zod, sharp] },
  ...{ debian: [{ name: 'libc6', version: '2.36-9+deb12u14', arch: 'amd64' }], debianVersion: '12.4' },
};
const present = {
  bundled: ['zod'],
  installed: ['sharp@0.35.5'],
  system: ['node@24.1.0', 'libc6@2.36-9+deb12u14'],
};
const sbom = () => makeSbom(contents);
const judge = (/** @type {unknown} */ value, there = present) =>
  sbomProblems(JSON.stringify(value), there).join('\n');

test('an SBOM that says what is there', () => {
  assert.equal(judge(sbom()), '');
  const [, libc, first, second] = /** @type {any[]} */ (sbom().components);
  assert.equal(libc.purl, 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12.4');
  assert.deepEqual(first.licenses, [{ license: { id: 'MIT' } }]);
  assert.deepEqual(second.licenses, [{ expression: 'Apache-2.0 AND MIT' }]);
  assert.equal(first.hashes[0].content, '07'.repeat(64));
  const needs = sbom().dependencies.find(({ ref }) => ref === second['bom-ref']);
  assert.deepEqual(needs?.dependsOn, [first['bom-ref']]);
});

test('the same contents give the same SBOM, others another', () => {
  assert.deepEqual(sbom(), sbom());
  const other = makeSbom({ ...contents, parts: [zod] });
  assert.notEqual(other.serialNumber, sbom().serialNumber);
});

test('what it leaves out or makes up is named', () => {
  assert.match(
    judge(sbom(), { ...present, bundled: ['zod', 'amqplib'] }),
    /amqplib is in the bundles, but not/,
  );
  assert.match(judge(sbom(), { ...present, bundled: [] }), /lists zod, which is not in the bundles/);
  assert.match(
    judge(sbom(), { ...present, installed: ['sharp@0.36.0'] }),
    /sharp@0\.36\.0 is in the node_modules/,
  );
  assert.match(
    judge(sbom(), { ...present, system: ['node@24.2.0', ...present.system.slice(1)] }),
    /node@24\.2\.0/,
  );
});

test('what is no SBOM is refused', () => {
  assert.match(sbomProblems('no json', present).join(), /not as it should be/);
  assert.match(judge({ ...sbom(), specVersion: '9' }), /specVersion/);
  const [node, ...rest] = sbom().components;
  assert.match(judge({ ...sbom(), components: [node, node, ...rest] }), /two components of one reference/);
  assert.match(judge({ ...sbom(), components: rest }), /refers to node, which it does not list/);
  const unhashed = makeSbom({ ...contents, parts: [{ ...zod, integrity: null }, sharp] });
  assert.match(judge(unhashed), /no hash of zod/);
});

test('packages in the comments of a bundle', () => {
  const bundle = `// ../../node_modules/zod/v4/index.js\nvar a;\n  // ../../node_modules/@a/b/c.js\n// ../../libs/broker/src/x.ts
// ../../node_modules/a/node_modules/inner/x.js\nconst s = "// node_modules/no";`;
  assert.deepEqual(packagesNamedIn(bundle), ['zod', '@a/b', 'inner']);
});
