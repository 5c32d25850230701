import type { Document } from '@gltf-transform/core';
import { KHRMaterialsClearcoat } from '@gltf-transform/extensions';
import { checkModel, type CheckedModel } from '../check-model.js';
import { openDocument } from '../document/open-document.js';
import { readGltf } from '../glb/read-gltf.js';
import { makeDocument, makeModel, redPixel, textured, writeModel } from '../../test/make-model.js';

const texture = { bytes: redPixel, type: 'image/png' };
const simplify = (glb: Uint8Array, faceLimit: number): Promise<CheckedModel> =>
  checkModel(glb, { faceLimit, texture: true, gate: true });

test('the result is valid, textured, just within the limit, and the same every time', async () => {
  const glb = await makeModel(textured(60));
  const [one, other] = [await simplify(glb, 2_000), await simplify(glb.slice(), 2_000)];
  expect(one).toMatchObject({ simplified: true });
  expect([one.faces <= 2_000, one.faces >= 1_990]).toEqual([true, true]);
  expect(one.vertices).toBeLessThan(1_200);
  expect(one.glb.length).toBeLessThan(60_000);
  expect(Buffer.from(one.glb).equals(other.glb)).toBe(true);
  expect(Buffer.from(one.glb).includes(redPixel)).toBe(true);
});

test('the shape stays: a ball of a few hundred faces is as large as before', async () => {
  const { document } = makeDocument(textured(60));
  const before = volume(document);
  const { glb } = await simplify(await writeModel(document), 700);
  expect(volume(await openDocument(glb)) / before).toBeGreaterThan(0.97);
});

test('texture islands keep their seams: no face reaches across two of them', async () => {
  const islands = 6;
  const { glb, faces } = await simplify(await makeModel({ side: 60, texture, islands }), 1_500);
  expect(faces).toBeLessThanOrEqual(1_500);
  const { uvs, indices } = plain(await openDocument(glb));
  // a little more than the edge, which rounding may put on either side
  const place = (uv = 0): number => Math.floor(uv * islands + 0.01);
  const island = (vertex = 0): number => place(uvs[vertex * 2]) * islands + place(uvs[vertex * 2 + 1]);
  const across = indices.filter((vertex, at) => island(vertex) !== island(indices[at - (at % 3)]));
  expect(across).toEqual([]);
});

test('flat shading, where every corner has a normal of its own, is no obstacle', async () => {
  const { faces, vertices } = await simplify(await makeModel({ side: 60, texture, flat: true }), 2_000);
  expect([faces <= 2_000, faces > 1_900, vertices < 3 * faces]).toEqual([true, true, true]);
});

test('equal corners are joined first', async () => {
  const { faces, vertices } = await simplify(await makeModel({ side: 60, texture, soup: true }), 2_000);
  expect([faces > 1_900, vertices < 0.7 * faces]).toEqual([true, true]);
});

test('small loose pieces stay as long as the limit can be reached with them', async () => {
  const { document, primitive } = makeDocument({ side: 60, texture, flat: true });
  const crumb = makeDocument({ side: 4, texture, flat: true }).primitive;
  for (const name of primitive.listSemantics()) {
    const [whole, small] = [primitive.getAttribute(name), crumb.getAttribute(name)?.getArray()];
    const added = [...(small ?? [])].map((value) => (name === 'POSITION' ? 9 + value * 0.01 : value));
    whole?.setArray(Float32Array.of(...(whole.getArray() ?? []), ...added));
  }
  const { glb } = await simplify(await writeModel(document), 3_000);
  expect(plain(await openDocument(glb)).positions.some((value) => value > 5)).toBe(true);
});

test('seams that leave no room are a refusal that says how far it went', async () => {
  const glb = await makeModel({ side: 60, texture, islands: 30 });
  await expect(simplify(glb, 500)).rejects.toMatchObject({
    code: 'quality.too_many_faces',
    message: expect.stringMatching(
      /^The model has 7200 faces; it can be simplified to 1[78]\d\d, the limit is 500.$/,
    ),
  });
});

test('what cannot shrink counts once for every time it is shown', async () => {
  const { document } = makeDocument({ side: 60, texture, islands: 30 });
  const [mesh = null] = document.getRoot().listMeshes();
  const [scene] = document.getRoot().listScenes();
  for (const x of [3, 6]) scene?.addChild(document.createNode().setMesh(mesh).setTranslation([x, 0, 0]));
  await expect(simplify(await writeModel(document), 3_000)).rejects.toMatchObject({
    message: expect.stringMatching(/^The model has 21600 faces; it can be simplified to 5[34]\d\d, /),
  });
});

test.each([
  [5, 'strips'],
  [6, 'fans'],
])('mode %i (%s) becomes a list', async (mode) => {
  const { document, primitive } = makeDocument(textured(40));
  primitive.setMode(mode as 5 | 6);
  const { faces, glb } = await simplify(await writeModel(document), 9_000);
  expect(faces).toBeLessThanOrEqual(9_000);
  expect(readGltf(glb).gltf.meshes[0]?.primitives[0]?.mode).toBe(4);
});

test('several meshes share the limit, each instance counted; what is not shown goes only if nothing needs it', async () => {
  const { document, primitive } = makeDocument(textured(40));
  const root = document.getRoot();
  const twin = document.createMesh('twin').addPrimitive(primitive.clone());
  const points = primitive.clone().setMode(0).setIndices(null);
  root.listMeshes()[0]?.addPrimitive(points);
  for (const x of [3, 6])
    root.listScenes()[0]?.addChild(document.createNode().setMesh(twin).setTranslation([x, 0, 0]));
  const { faces, glb } = await simplify(await writeModel(document), 3_000);
  expect([faces <= 3_000, faces > 2_900]).toEqual([true, true]);
  const [first, second] = readGltf(glb).gltf.meshes;
  expect(first?.primitives.map(({ mode }) => mode)).toEqual([4, 0]);
  expect(second?.primitives).toHaveLength(1);
});

test('materials, extensions, morph targets, names and animations stay', async () => {
  const { document, primitive } = makeDocument(textured(40));
  const coat = document.createExtension(KHRMaterialsClearcoat);
  primitive
    .getMaterial()
    ?.setExtension('KHR_materials_clearcoat', coat.createClearcoat().setClearcoatFactor(0.5));
  const positions = primitive.getAttribute('POSITION');
  if (!positions) throw new Error('no positions');
  primitive.addTarget(document.createPrimitiveTarget().setAttribute('POSITION', positions.clone()));
  const times = document
    .createAccessor()
    .setArray(Float32Array.of(0, 1))
    .setType('SCALAR')
    .setBuffer(positions.getBuffer());
  const moves = document
    .createAccessor()
    .setArray(new Float32Array(6))
    .setType('VEC3')
    .setBuffer(positions.getBuffer());
  const sampler = document.createAnimationSampler().setInput(times).setOutput(moves);
  const channel = document.createAnimationChannel().setSampler(sampler).setTargetPath('translation');
  channel.setTargetNode(document.getRoot().listNodes()[0] ?? null);
  document.createAnimation('turn').addSampler(sampler).addChannel(channel);
  const { glb } = await simplify(await writeModel(document), 1_000);
  const root = (await openDocument(glb)).getRoot();
  expect(root.listAnimations()[0]?.listChannels()).toHaveLength(1);
  expect(root.listMaterials()[0]?.getExtension('KHR_materials_clearcoat')).not.toBeNull();
  const [made] = root.listMeshes()[0]?.listPrimitives() ?? [];
  expect(made?.listTargets()[0]?.getAttribute('POSITION')?.getCount()).toBe(
    made?.getAttribute('POSITION')?.getCount(),
  );
});

test('with the gate off, indices beyond the vertices are a refusal, not a crash', async () => {
  const { document, primitive } = makeDocument(textured(40));
  primitive.getIndices()?.setArray(
    primitive
      .getIndices()
      ?.getArray()
      ?.map((at: number) => at * 40) ?? null,
  );
  const glb = await writeModel(document);
  await expect(checkModel(glb, { faceLimit: 100, texture: false, gate: false })).rejects.toMatchObject({
    code: 'quality.invalid',
  });
});

interface Plain {
  readonly positions: number[];
  readonly uvs: number[];
  readonly indices: number[];
}

function plain(document: Document): Plain {
  const [primitive] = document.getRoot().listMeshes()[0]?.listPrimitives() ?? [];
  const numbers = (name: string): number[] => [...(primitive?.getAttribute(name)?.getArray() ?? [])];
  return {
    positions: numbers('POSITION'),
    uvs: numbers('TEXCOORD_0'),
    indices: [...(primitive?.getIndices()?.getArray() ?? [])],
  };
}

/** Of the cones from the middle to every face. */
function volume(document: Document): number {
  const { positions, indices } = plain(document);
  const point = (at: number): number[] => positions.slice((indices[at] ?? 0) * 3, (indices[at] ?? 0) * 3 + 3);
  let sum = 0;
  for (let at = 0; at < indices.length; at += 3) {
    const [[a = 0, b = 0, c = 0], [d = 0, e = 0, f = 0], [g = 0, h = 0, i = 0]] = [
      point(at),
      point(at + 1),
      point(at + 2),
    ];
    sum += a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g);
  }
  return Math.abs(sum / 6);
}
