import type { Accessor, Primitive } from '@gltf-transform/core';
import { ModelRefused } from '../model-refused.js';
import { triangleList } from './triangle-list.js';
import { weldVertices } from './weld-vertices.js';

/** A primitive as plain numbers, its equal vertices joined. */
export interface MeshData {
  /** Three vertices a face; faces with fewer than three different ones are left out. */
  readonly triangles: Uint32Array;
  readonly positions: Float32Array;
  readonly normals: Float32Array | null;
  readonly uvs: Float32Array | null;
}

/** All data of a primitive's vertices, morph targets included. */
export const vertexData = (primitive: Primitive): Accessor[] => [
  ...primitive.listAttributes(),
  ...primitive.listTargets().flatMap((target) => target.listAttributes()),
];

/**
 * @throws ModelRefused when the primitive contradicts itself
 */
export function readMesh(primitive: Primitive): MeshData {
  const position = primitive.getAttribute('POSITION');
  const vertices = position?.getCount() ?? 0;
  const data = vertexData(primitive);
  if (!position || data.some((accessor) => accessor.getCount() !== vertices)) throw contradicts();
  const arrays = data.map(arrayOf);
  const indices = primitive.getIndices();
  const corners = indices
    ? Uint32Array.from(arrayOf(indices))
    : Uint32Array.from({ length: vertices }, (_, at) => at);
  if (corners.some((vertex) => vertex >= vertices)) throw contradicts();
  const first = weldVertices(arrays, vertices);
  const welded = triangleList(corners, primitive.getMode()).map((vertex) => first[vertex] ?? vertex);
  const positions = floatsOf(position, 3);
  if (!positions.every(Number.isFinite)) throw contradicts();
  return {
    triangles: withoutDegenerate(welded),
    positions,
    normals: finiteFloatsOf(primitive.getAttribute('NORMAL'), 3),
    uvs: finiteFloatsOf(primitive.getAttribute('TEXCOORD_0'), 2),
  };
}

type Numbers = NonNullable<ReturnType<Accessor['getArray']>>;

export function arrayOf(accessor: Accessor): Numbers {
  const array = accessor.getArray();
  if (array === null) throw contradicts();
  return array;
}

/** Quantised data as the floats that it stands for. */
function floatsOf(accessor: Accessor, size: number): Float32Array {
  const array = arrayOf(accessor);
  if (accessor.getElementSize() !== size) throw contradicts();
  if (array instanceof Float32Array) return array;
  const floats = new Float32Array(array.length);
  const element: number[] = [];
  for (let at = 0; at < accessor.getCount(); at++) floats.set(accessor.getElement(at, element), at * size);
  return floats;
}

/** Only guides the choice of faces: what is not finite is left out of it. */
function finiteFloatsOf(accessor: Accessor | null, size: number): Float32Array | null {
  const floats = accessor === null ? null : floatsOf(accessor, size);
  return floats?.every(Number.isFinite) ? floats : null;
}

function withoutDegenerate(triangles: Uint32Array): Uint32Array {
  const kept = new Uint32Array(triangles.length);
  let length = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at] ?? 0, triangles[at + 1] ?? 0, triangles[at + 2] ?? 0];
    if (a === b || b === c || c === a) continue;
    kept.set([a, b, c], length);
    length += 3;
  }
  return kept.slice(0, length);
}

const contradicts = (): ModelRefused =>
  new ModelRefused('quality.invalid', 'A mesh of the model contradicts itself and cannot be simplified.');
