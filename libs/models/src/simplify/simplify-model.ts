import { PropertyType, type Document, type Mesh, type Primitive } from '@gltf-transform/core';
import { openDocument, shownScene, writeDocument } from '../document/open-document.js';
import { ModelRefused } from '../model-refused.js';
import { readMesh, type MeshData } from './mesh-data.js';
import { reduceFaces } from './reduce-faces.js';
import { writePrimitive } from './write-primitive.js';

/** When some meshes cannot shrink in proportion, the others must shrink more. */
const mostRounds = 5;

/**
 * The same model with at most `faceLimit` faces: texture, seams, materials and animations stay, in one GLB. Extensions
 * that nobody here knows are left out.
 * @param faces how many it shows
 * @throws ModelRefused when it cannot be done
 */
export async function simplifyModel(glb: Uint8Array, faces: number, faceLimit: number): Promise<Uint8Array> {
  const document = await openDocument(glb);
  const parts = shownParts(document);
  const shown = await shrinkTo(parts, faces, faceLimit);
  if (shown > faceLimit)
    throw new ModelRefused(
      'quality.too_many_faces',
      `The model has ${faces} faces; it can be simplified to ${shown}, the limit is ${faceLimit}.`,
    );
  for (const part of parts) writePrimitive(document, part.mesh, part.primitive, part.triangles);
  dropUnused(document);
  return writeDocument(document);
}

interface Part {
  readonly mesh: Mesh;
  readonly primitive: Primitive;
  readonly data: MeshData;
  /** How many nodes show it. */
  readonly instances: number;
  triangles: Uint32Array;
}

function shownParts(document: Document): Part[] {
  const instances = new Map<Mesh, number>();
  shownScene(document).traverse((node) => {
    const mesh = node.getMesh();
    if (mesh) instances.set(mesh, (instances.get(mesh) ?? 0) + 1);
  });
  return [...instances].flatMap(([mesh, count]) =>
    mesh
      .listPrimitives()
      .filter((primitive) => primitive.getMode() >= 4)
      .map((primitive) => {
        const data = readMesh(primitive);
        return { mesh, primitive, data, instances: count, triangles: data.triangles };
      }),
  );
}

/** @returns how many faces are shown then: more than the limit when no round brings it nearer */
async function shrinkTo(parts: readonly Part[], faces: number, faceLimit: number): Promise<number> {
  let [before, shown, share] = [Infinity, faces, faceLimit / faces];
  for (let round = 0; round < mostRounds && shown > faceLimit && shown < before; round++) {
    before = shown;
    for (const part of parts) await shrink(part, share);
    shown = parts.reduce((sum, { instances, triangles }) => sum + (instances * triangles.length) / 3, 0);
    share *= (faceLimit / shown) * 0.98;
  }
  return shown;
}

async function shrink(part: Part, share: number): Promise<void> {
  const faces = Math.floor((part.data.triangles.length / 3) * Math.min(1, share));
  if (part.triangles.length / 3 > faces) part.triangles = await reduceFaces(part.data, faces);
}

/** The full meshes that were replaced, and whatever else nothing points to. */
function dropUnused(document: Document): void {
  for (const mesh of document.getRoot().listMeshes()) if (mesh.listPrimitives().length === 0) mesh.dispose();
  for (const accessor of document.getRoot().listAccessors())
    if (accessor.listParents().every(({ propertyType }) => propertyType === PropertyType.ROOT))
      accessor.dispose();
}
