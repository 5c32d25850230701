import { f32, u32 } from '../typed-access.js';

/** Triangles, counter-clockwise seen from outside. Every position occurs once, so neighbours share their vertices. */
export interface Mesh {
  /** x right, y up, z towards the viewer. */
  readonly positions: Float32Array;
  readonly indices: Uint32Array;
}

export const faceCount = (mesh: Mesh): number => mesh.indices.length / 3;

/** The corner that follows in the same face. */
export const nextCorner = (corner: number): number => (corner % 3 === 2 ? corner - 2 : corner + 1);

/** Leaves out vertices that no face uses; the others keep their order. */
export function compactVertices({ positions, indices }: Mesh): Mesh {
  const target = new Int32Array(positions.length / 3).fill(-1);
  for (const vertex of indices) target[vertex] = 0;
  let used = 0;
  target.forEach((mark, vertex) => {
    if (mark === 0) target[vertex] = used++;
  });
  const kept = new Float32Array(used * 3);
  target.forEach((to, vertex) => {
    for (let axis = 0; axis < 3 && to >= 0; axis++) kept[to * 3 + axis] = f32(positions, vertex * 3 + axis);
  });
  return { positions: kept, indices: Uint32Array.from(indices, (vertex) => target[vertex] ?? 0) };
}

/** Corners grouped by vertex: those of vertex v are `corners[start[v]] … corners[start[v + 1] − 1]`. */
export interface CornerFans {
  readonly start: Uint32Array;
  readonly corners: Uint32Array;
}

export function cornerFans(indices: Uint32Array, vertexCount: number): CornerFans {
  const start = new Uint32Array(vertexCount + 1);
  for (let i = 0; i < indices.length; i++) {
    const after = u32(indices, i) + 1;
    start[after] = u32(start, after) + 1;
  }
  for (let vertex = 0; vertex < vertexCount; vertex++) {
    start[vertex + 1] = u32(start, vertex + 1) + u32(start, vertex);
  }
  const next = start.slice();
  const corners = new Uint32Array(indices.length);
  for (let corner = 0; corner < indices.length; corner++) {
    const vertex = u32(indices, corner);
    const at = u32(next, vertex);
    corners[at] = corner;
    next[vertex] = at + 1;
  }
  return { start, corners };
}
