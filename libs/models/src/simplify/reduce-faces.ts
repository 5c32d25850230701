import { MeshoptSimplifier, type SimplifierFlags } from 'meshoptimizer/simplifier';
import type { MeshData } from './mesh-data.js';

/** How much a change of normals and texture coordinates counts against a change of shape. */
const weights = { normal: 0.5, uv: 1 } as const;
/** meshoptimizer's mark: the vertex moves along its seam only. */
const onSeam = 2;
/** Relative to the model's size: any shape that is still within the limit of faces will do. */
const anyError = 1e6;
/** Loose pieces smaller than this share of the model are crumbs. */
const crumbs = 0.02;

/**
 * Leaves out faces where it shows least. First by what changes least, then across edges of shading, at last without
 * crumbs; texture seams stay closed always. Deterministic.
 * @param faces how many shall be left
 * @returns triangles as in the mesh: at most `faces` where its seams allow it
 */
export async function reduceFaces(mesh: MeshData, faces: number): Promise<Uint32Array> {
  await MeshoptSimplifier.ready;
  const { positions, triangles } = mesh;
  const [attributes, seams] = [attributesOf(mesh), seamsOf(mesh)];
  const manners = [
    () => collapse(positions, triangles, attributes, seams, faces, []),
    () => collapse(positions, triangles, attributes, seams, faces, ['Permissive']),
    () => {
      const whole = MeshoptSimplifier.simplifyPrune(triangles, positions, 3, crumbs);
      return collapse(positions, whole, attributes, seams, faces, ['Permissive']);
    },
  ];
  let best = triangles;
  for (const manner of manners) {
    if (best.length / 3 <= faces) return best;
    const result = manner();
    if (result.length < best.length) best = result;
  }
  return best;
}

function collapse(
  positions: Float32Array,
  triangles: Uint32Array,
  { values, width, weightOf }: Attributes,
  seams: Uint8Array,
  faces: number,
  flags: SimplifierFlags[],
): Uint32Array {
  const [most, size] = [faces * 3, 3];
  if (triangles.length <= most) return triangles;
  const [result] =
    width === 0
      ? MeshoptSimplifier.simplify(triangles, positions, size, most, anyError, flags)
      : MeshoptSimplifier.simplifyWithAttributes(
          triangles,
          positions,
          size,
          values,
          width,
          weightOf,
          seams,
          most,
          anyError,
          flags,
        );
  return result;
}

interface Attributes {
  readonly values: Float32Array;
  readonly width: number;
  readonly weightOf: number[];
}

function attributesOf({ positions, normals, uvs }: MeshData): Attributes {
  const parts = [
    { data: normals, size: 3, weight: weights.normal },
    { data: uvs, size: 2, weight: weights.uv },
  ].filter(({ data }) => data !== null);
  const width = parts.reduce((sum, { size }) => sum + size, 0);
  const vertices = positions.length / 3;
  const values = new Float32Array(vertices * width);
  let offset = 0;
  for (const { data, size } of parts) {
    for (let vertex = 0; vertex < vertices; vertex++)
      for (let at = 0; at < size; at++)
        values[vertex * width + offset + at] = data?.[vertex * size + at] ?? 0;
    offset += size;
  }
  return { values, width, weightOf: parts.flatMap(({ size, weight }) => Array<number>(size).fill(weight)) };
}

/** Vertices at one place with different texture coordinates. */
function seamsOf({ positions, uvs, triangles }: MeshData): Uint8Array {
  const seams = new Uint8Array(positions.length / 3);
  if (uvs === null) return seams;
  const place = MeshoptSimplifier.generatePositionRemap(positions, 3);
  const seen = new Int32Array(seams.length).fill(-1);
  const isSeam = new Uint8Array(seams.length);
  for (const vertex of triangles) {
    const at = place[vertex] ?? vertex;
    const other = seen[at] ?? -1;
    if (other < 0) seen[at] = vertex;
    else if (uvs[other * 2] !== uvs[vertex * 2] || uvs[other * 2 + 1] !== uvs[vertex * 2 + 1]) isSeam[at] = 1;
  }
  return seams.map((_, vertex) => (isSeam[place[vertex] ?? vertex] === 1 ? onSeam : 0));
}
