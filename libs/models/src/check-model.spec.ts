import { EXTTextureWebP, KHRMeshQuantization } from '@gltf-transform/extensions';
import { part, withJson } from '../test/edit-glb.js';
import { makeDocument, makeModel, textured, writeModel } from '../test/make-model.js';
import { checkModel, type WantedModel } from './check-model.js';

const want = (over: Partial<WantedModel> = {}): WantedModel => ({
  faceLimit: 50_000,
  texture: true,
  gate: true,
  ...over,
});
const codeOf = async (glb: Uint8Array, wanted = want()): Promise<unknown> =>
  checkModel(glb, wanted).then(
    ({ faces }) => faces,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
/** 8 × 4 red pixels. */
const webp = Buffer.from(
  'UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoIAAQAAUAmJaACdLoB+AADsAD+8ut//NgVzXPv9//S4P0uD9Lg/9KQAAA=',
  'base64',
);

test('a good model passes as the very bytes that came', async () => {
  const glb = await makeModel(textured(10));
  const checked = await checkModel(glb, want());
  expect(checked).toEqual({ glb, faces: 200, vertices: 121, simplified: false });
  expect(checked.glb).toBe(glb);
  expect(await checkModel(glb, want({ faceLimit: 200 }))).toMatchObject({ simplified: false });
  expect(await checkModel(glb, want({ faceLimit: 199 }))).toMatchObject({ simplified: true });
});

test('faces are counted as they are drawn: strips, fans, plain corners, instances, hidden scenes', async () => {
  const count = async (change: (made: ReturnType<typeof makeDocument>) => void): Promise<unknown> => {
    const made = makeDocument(textured(10));
    change(made);
    return codeOf(await writeModel(made.document), want({ gate: false }));
  };
  expect(await count(({ primitive }) => primitive.setMode(5))).toBe(598);
  expect(await count(({ primitive }) => primitive.setMode(6))).toBe(598);
  expect(await count(({ primitive }) => primitive.setIndices(null))).toBe(40);
  expect(await count(({ primitive }) => primitive.setMode(1))).toBe('quality.no_faces');
  expect(
    await count(({ document }) => {
      const [mesh = null] = document.getRoot().listMeshes();
      const [node] = document.getRoot().listNodes();
      node?.addChild(document.createNode().setMesh(mesh)).addChild(document.createNode().setMesh(mesh));
    }),
  ).toBe(600);
  expect(await count(({ document }) => document.getRoot().setDefaultScene(document.createScene()))).toBe(
    'quality.no_faces',
  );
  expect(await count(({ document }) => document.getRoot().listScenes()[0]?.dispose())).toBe(
    'quality.no_faces',
  );
});

test('a model that shall have a texture has an image that viewers read', async () => {
  const plain = await makeModel({ side: 10 });
  expect(await codeOf(plain)).toBe('quality.no_texture');
  expect(await codeOf(plain, want({ texture: false }))).toBe(200);
  expect(await codeOf(plain, want({ gate: false }))).toBe(200);

  const made = makeDocument({ side: 10, texture: { bytes: webp, type: 'image/webp' } });
  made.document.createExtension(EXTTextureWebP).setRequired(true);
  expect(await codeOf(await writeModel(made.document))).toBe(200);
  expect(await codeOf(await writeModel(made.document), want({ faceLimit: 100 }))).toBe(100);
});

test.each<[string, (positions: Float32Array) => void, string]>([
  ['not a number', (positions) => void (positions[5] = NaN), 'quality.invalid'],
  ['endless', (positions) => void (positions[5] = Infinity), 'quality.invalid'],
  ['a point', (positions) => void positions.fill(1), 'quality.no_extent'],
  [
    'a line',
    (positions) => void positions.forEach((_, at) => at % 3 > 0 && (positions[at] = 0)),
    'quality.no_extent',
  ],
])('positions that are %s', async (_, change, expected) => {
  const { document, primitive } = makeDocument(textured(10));
  const array = primitive.getAttribute('POSITION')?.getArray();
  if (array instanceof Float32Array) change(array);
  const glb = await writeModel(document);
  expect(await codeOf(glb)).toBe(expected);
  expect(await codeOf(glb, want({ gate: false }))).toBe(200);
});

test('a scene that is scaled to nothing has no extent', async () => {
  const { document } = makeDocument(textured(10));
  document.getRoot().listNodes()[0]?.setScale([0, 0, 0]);
  expect(await codeOf(await writeModel(document))).toBe('quality.no_extent');
});

test('what the validator calls an error is refused by name, but not with the gate off', async () => {
  const glb = withJson(await makeModel(textured(10)), (json) => {
    Object.assign(part(json, 'materials', 0), { alphaCutoff: -1 });
  });
  await expect(checkModel(glb, want())).rejects.toMatchObject({
    code: 'quality.invalid',
    message: expect.stringContaining('VALUE_NOT_IN_RANGE at /materials/0/alphaCutoff'),
  });
  expect(await codeOf(glb, want({ gate: false }))).toBe(200);
});

test('quantised models are read as what they stand for', async () => {
  const { document, primitive } = makeDocument(textured(40));
  document.createExtension(KHRMeshQuantization).setRequired(true);
  const positions = primitive.getAttribute('POSITION');
  const shorts = Int16Array.from(positions?.getArray() ?? [], (value: number) => value * 20_000);
  // three shorts do not fill a multiple of four bytes; the writer pads them
  positions?.setArray(shorts).setNormalized(true);
  const glb = await writeModel(document);
  expect(await codeOf(glb)).toBe(3_200);
  expect(await codeOf(glb, want({ faceLimit: 500 }))).toBe(499);
});
