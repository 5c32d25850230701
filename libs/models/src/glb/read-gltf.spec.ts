import { listOf, part, putTogether, takeApart, withJson, type Json } from '../../test/edit-glb.js';
import { makeModel, textured } from '../../test/make-model.js';
import { ModelRefused } from '../model-refused.js';
import { drawnMeshes } from './drawn-meshes.js';
import { readGltf } from './read-gltf.js';

let good: Buffer;
beforeAll(async () => {
  good = Buffer.from(await makeModel(textured(4)));
});

const read = (glb: Uint8Array): string => {
  try {
    return `${drawnMeshes(readGltf(glb).gltf).faces} faces`;
  } catch (error) {
    if (!(error instanceof ModelRefused)) throw error;
    return `${error.code}: ${error.message}`;
  }
};
const patched = (at: number, value: number): Buffer => {
  const bytes = Buffer.from(good);
  bytes.writeUInt32LE(value, at);
  return bytes;
};

test('takes a good model', () => expect(read(good)).toBe('32 faces'));
test('takes one that lies in the middle of a larger buffer', () =>
  expect(read(Buffer.concat([Buffer.alloc(3), good, Buffer.alloc(3)]).subarray(3, -3))).toBe('32 faces'));

test.each<[string, () => Uint8Array, RegExp]>([
  ['nothing', () => Buffer.alloc(0), /^quality.not_glb: .*an empty file/],
  ['a zip', () => Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'), /^quality.not_glb: .*ZIP/],
  ['FBX', () => Buffer.from('Kaydara FBX Binary  \0'), /^quality.not_glb: .*FBX/],
  ['HTML', () => Buffer.from('\ufeff\n<!doctype html><p>Not found'), /^quality.not_glb: .*HTML/],
  ['a glTF of text', () => Buffer.from('{"asset":{"version":"2.0"}}'), /^quality.not_glb: .*JSON/],
  ['noise', () => Buffer.from('noise of some length'), /^quality.not_glb: .*unknown/],
  ['the magic alone', () => good.subarray(0, 4), /^quality.truncated/],
  ['a file that is cut short', () => good.subarray(0, -4), /^quality.truncated: .*of its \d+ bytes/],
  ['version 1', () => patched(4, 1), /^quality.not_glb: .*version 1/],
  ['a length of 4 GB', () => patched(8, 0xffffffff), /^quality.truncated: .*4294967295/],
  ['a length that is too small', () => patched(8, 40), /^quality.invalid: .*after its end/],
  ['a chunk of 4 GB', () => patched(12, 0xffffffff), /^quality.invalid: A chunk/],
  ['no JSON chunk', () => patched(16, 0x004e4942), /^quality.invalid: The first chunk/],
])('refuses %s', (_, glb, verdict) => expect(read(glb())).toMatch(verdict));

const deep = (levels: number): string => `{"extras":${'['.repeat(levels)}${']'.repeat(levels)}`;
const tail = ',"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{}]}';

test.each<[string, string, RegExp]>([
  ['nested 60 deep', deep(60) + tail, /^0 faces/],
  ['nested 100,000 deep', deep(100_000) + tail, /^quality.invalid: .*64 deep/],
  ['brackets in text', `{"extras":"${'['.repeat(100)}\\"${'['.repeat(100)}"${tail}`, /^0 faces/],
  ['cut short', '{"asset":', /^quality.invalid: .*cannot be read/],
  ['no object', '[]', /^quality.invalid: .*no glTF/],
  ['too much text', `{"extras":"${'x'.repeat(17 * 2 ** 20)}"${tail}`, /^quality.too_large/],
  ['a number without end', '{"asset":{"version":"2.0"},"accessors":[{"count":1e999}]}', /\/accessors\/0/],
])('JSON: %s', (_, json, verdict) => expect(read(putTogether(json, Buffer.alloc(0)))).toMatch(verdict));

const set = (place: object, values: object): void => void Object.assign(place, values);
test.each<[string, (json: Json) => void, RegExp]>([
  [
    'a buffer by address',
    (json) => set(part(json, 'buffers', 0), { uri: 'http://10.0.0.1/x' }),
    /^quality.external/,
  ],
  [
    'an image by address',
    (json) => set(part(json, 'images', 0), { uri: 'file:///etc/x' }),
    /^quality.external/,
  ],
  [
    'an address in an extension',
    (json) => set(json, { extensions: { A: [{ uri: '' }] } }),
    /^quality.external/,
  ],
  ['an address in the notes', (json) => set(json, { extras: { uri: 'x' } }), /^32 faces/],
  [
    'a second buffer',
    (json) => set(json, { buffers: [part(json, 'buffers', 0), { byteLength: 4 }] }),
    /^quality.external/,
  ],
  ['Draco', (json) => set(json, required('KHR_draco_mesh_compression')), /^quality.unsupported: .*KHR_draco/],
  [
    'meshopt',
    (json) => set(json, required('EXT_meshopt_compression')),
    /^quality.unsupported: .*EXT_meshopt/,
  ],
  ['KTX2', (json) => set(json, required('KHR_texture_basisu')), /^quality.unsupported: .*basisu/],
  ['WebP', (json) => set(json, required('EXT_texture_webp')), /^32 faces/],
  [
    'a longer buffer',
    (json) => set(part(json, 'buffers', 0), { byteLength: 1e6 }),
    /^quality.invalid: The binary/,
  ],
  [
    'a longer view',
    (json) => set(part(json, 'bufferViews', 0), { byteLength: 1e6 }),
    /beyond the end of the buffer/,
  ],
  [
    'a longer accessor',
    (json) => set(part(json, 'accessors', 0), { count: 1e6 }),
    /beyond the end of its buffer view/,
  ],
  ['a wide stride', (json) => set(viewOf(json), { byteStride: 252 }), /beyond the end of its/],
  ['an odd offset', (json) => set(part(json, 'accessors', 0), { byteOffset: 1, count: 1 }), /not aligned/],
  ['a view of no buffer', (json) => set(part(json, 'bufferViews', 0), { buffer: 3 }), /points to buffer 3/],
  ['an accessor of no view', (json) => set(part(json, 'accessors', 0), { bufferView: 99 }), /buffer view 99/],
  [
    'zeros without end',
    (json) => set(json, { accessors: [...listOf(json, 'accessors'), zeros] }),
    /^quality.too_large/,
  ],
  ['a mesh that is not there', (json) => set(part(json, 'nodes', 0), { mesh: 5 }), /points to mesh 5/],
  ['a node that is its own child', (json) => set(part(json, 'nodes', 0), { children: [0] }), /not a tree/],
  ['a node that is not there', (json) => set(part(json, 'nodes', 0), { children: [2 ** 40] }), /not a tree/],
  [
    'two nodes in a circle',
    (json) => set(json, { nodes: [...listOf(json, 'nodes'), ...circle] }),
    /not a tree/,
  ],
  [
    'a child of two',
    (json) => set(json, { nodes: [{ children: [2] }, { children: [2] }, { mesh: 0 }] }),
    /not a tree/,
  ],
  ['a node shown twice', (json) => set(part(json, 'scenes', 0), { nodes: [0, 0] }), /shows a node twice/],
  ['a scene that is not there', (json) => set(json, { scene: 4 }), /points to scene 4/],
])('%s', (_, change, verdict) => expect(read(withJson(good, change))).toMatch(verdict));

const viewOf = (json: Json): object =>
  part(json, 'bufferViews', Number(part(json, 'accessors', 0)['bufferView']));
const required = (name: string): object => ({ extensionsUsed: [name], extensionsRequired: [name] });
const zeros = { componentType: 5126, count: 40_000_000, type: 'MAT4' };
const circle = [{ children: [2] }, { children: [1] }];

test('a sparse accessor stays within its data', () => {
  const { json } = takeApart(good);
  const bufferView = Number(part(json, 'accessors', 0)['bufferView']);
  const sparse = { count: 9, indices: { bufferView, componentType: 5121 }, values: { bufferView } };
  const glb = (over: object): Buffer =>
    withJson(good, (json) => set(part(json, 'accessors', 0), { sparse: { ...sparse, ...over } }));
  expect(read(glb({}))).toBe('32 faces');
  expect(read(glb({ count: 1e6 }))).toMatch(/A sparse accessor/);
  expect(read(glb({ values: { bufferView, byteOffset: 1e6 } }))).toMatch(/beyond the end of its/);
});

test('a very long chain of nodes is walked without a stack', () => {
  const { json, binary } = takeApart(good);
  const nodes: object[] = Array.from({ length: 200_000 }, (_, at) => ({ children: [at + 1] }));
  nodes.push({ mesh: 0 });
  expect(read(putTogether({ ...json, nodes, scenes: [{ nodes: [0] }] }, binary))).toBe('32 faces');
});
