import { part, withJson, type Json } from '../../test/edit-glb.js';
import { makeDocument, makeModel, redPixel, textured, writeModel } from '../../test/make-model.js';
import { drawnMeshes } from '../glb/drawn-meshes.js';
import { readGltf } from '../glb/read-gltf.js';
import { judgeTexture } from './judge-texture.js';

const judge = (glb: Uint8Array): string => {
  const read = readGltf(glb);
  try {
    judgeTexture(read, drawnMeshes(read.gltf));
    return 'textured';
  } catch (error) {
    return String(error);
  }
};

test.each<[string, Uint8Array, RegExp]>([
  ['PNG', redPixel, /^textured$/],
  ['text', Buffer.from('not an image at all, however long'), /an image that is no PNG/],
  ['a PNG that is cut off in its header', redPixel.subarray(0, 17), /an image that is no PNG/],
  ['KTX2', Buffer.from('\xabKTX 20\xbb\r\n\x1a\n', 'latin1'), /an image that is no PNG/],
])('an image of %s', async (_, bytes, verdict) => {
  expect(judge(await makeModel({ side: 4, texture: { bytes, type: 'image/png' } }))).toMatch(verdict);
});

test.each<[string, (json: Json) => void, RegExp]>([
  ['no material', (json) => delete part(json, 'meshes', 0, 'primitives', 0)['material'], /no material/],
  [
    'a plain material',
    (json) => delete part(json, 'materials', 0)['pbrMetallicRoughness'],
    /a material without one/,
  ],
  ['other coordinates', (json) => Object.assign(colourOf(json), { texCoord: 1 }), /no texture coordinates/],
  ['a texture without image', (json) => delete part(json, 'textures', 0)['source'], /a texture without/],
  [
    'an image without data',
    (json) => delete part(json, 'images', 0)['bufferView'],
    /an image that is no PNG/,
  ],
  [
    'a texture that is not there',
    (json) => Object.assign(colourOf(json), { index: 7 }),
    /points to texture 7/,
  ],
  ['KTX2 beside PNG', (json) => Object.assign(part(json, 'textures', 0), basis), /^textured$/],
])('%s', async (_, change, verdict) => {
  expect(judge(withJson(await makeModel(textured(4)), change))).toMatch(verdict);
});

const basis = { extensions: { KHR_texture_basisu: { source: 0 } } };
const colourOf = (json: Json): object =>
  part(json, 'materials', 0, 'pbrMetallicRoughness', 'baseColorTexture');

test('the texture of what is not shown does not count', async () => {
  const { document, primitive } = makeDocument({ side: 4 });
  const photo = document.createTexture().setImage(new Uint8Array(redPixel)).setMimeType('image/png');
  const painted = document.createMaterial().setBaseColorTexture(photo);
  document.createMesh().addPrimitive(primitive.clone().setMaterial(painted));
  expect(judge(await writeModel(document))).toMatch(/a material without one/);
  document.getRoot().listMeshes()[0]?.addPrimitive(primitive.clone().setMaterial(painted));
  expect(judge(await writeModel(document))).toBe('textured');
});
