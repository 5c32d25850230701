import type { Accessor, Document, Mesh, Primitive } from '@gltf-transform/core';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import { arrayOf } from './mesh-data.js';

/** A list of triangles, in glTF. */
const triangleMode = 4;
/** From this many vertices on, indices need 32 bits: 65535 is reserved. */
const wideIndices = 65_535;

/**
 * Gives a primitive other triangles over its own vertices and keeps only the vertices that they use; without triangles it goes.
 * @param triangles three vertices a face
 */
export function writePrimitive(
  document: Document,
  mesh: Mesh,
  primitive: Primitive,
  triangles: Uint32Array,
): void {
  if (triangles.length === 0) {
    mesh.removePrimitive(primitive);
    primitive.dispose();
    return;
  }
  const indices = triangles.slice();
  const [remap, vertices] = MeshoptSimplifier.compactMesh(indices);
  const keep = (accessor: Accessor): Accessor => pick(document, accessor, remap, vertices);
  for (const semantic of primitive.listSemantics()) {
    const accessor = primitive.getAttribute(semantic);
    if (accessor) primitive.setAttribute(semantic, keep(accessor));
  }
  for (const target of primitive.listTargets())
    for (const semantic of target.listSemantics()) {
      const accessor = target.getAttribute(semantic);
      if (accessor) target.setAttribute(semantic, keep(accessor));
    }
  const array = vertices < wideIndices ? new Uint16Array(indices) : indices;
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(array).setBuffer(buffer));
  primitive.setMode(triangleMode);
}

/** @param remap vertex → its new number, or one from `vertices` on when it goes */
function pick(document: Document, accessor: Accessor, remap: Uint32Array, vertices: number): Accessor {
  const [old, size] = [arrayOf(accessor), accessor.getElementSize()];
  const array = old.slice(0, vertices * size);
  for (let vertex = 0; vertex < accessor.getCount(); vertex++) {
    const to = remap[vertex] ?? vertices;
    if (to >= vertices) continue;
    for (let at = 0; at < size; at++) array[to * size + at] = old[vertex * size + at] ?? 0;
  }
  return document
    .createAccessor(accessor.getName())
    .setType(accessor.getType())
    .setNormalized(accessor.getNormalized())
    .setArray(array)
    .setBuffer(accessor.getBuffer());
}
