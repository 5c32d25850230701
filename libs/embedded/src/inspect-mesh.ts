import { readGlb, type RawPrimitive } from './glb/read-glb.js';
import { f32, f64, u32 } from './typed-access.js';
import { measureStretch } from './mesh/measure-stretch.js';
import { weldPositions } from './mesh/weld-positions.js';
import { nextCorner } from './mesh/mesh.js';

const mostStretch = 5;

/** What a closed, consistently oriented model has: 0 non-manifold edges, 0 degenerate faces and a positive volume. */
export interface MeshReport {
  readonly faces: number;
  /** As stored; vertices at equal positions count separately. */
  readonly vertices: number;
  /** Edges, after welding equal positions, that are not used by exactly two faces in opposite directions. */
  readonly nonManifoldEdges: number;
  /** Faces with a repeated position or without area. */
  readonly degenerateFaces: number;
  /** Normals whose length is off by more than 0.5 %. */
  readonly badNormals: number;
  /** Faces on which the texture is stretched more than five times as much as an even one would be (`measureStretch`). */
  readonly stretchedFaces: number;
  /** Signed, in units³ of the mesh itself: positive when the faces look outward. */
  readonly volume: number;
}

/**
 * Measures all triangle meshes of a GLB, each by itself, without node transforms.
 * @throws Error when the bytes are no GLB, are cut short, or need an extension such as mesh compression
 */
export function inspectMesh(glb: Uint8Array): MeshReport {
  const reports = readGlb(glb).map(inspectPrimitive);
  const sum = (key: keyof MeshReport): number => reports.reduce((total, report) => total + report[key], 0);
  return {
    faces: sum('faces'),
    vertices: sum('vertices'),
    nonManifoldEdges: sum('nonManifoldEdges'),
    degenerateFaces: sum('degenerateFaces'),
    badNormals: sum('badNormals'),
    stretchedFaces: sum('stretchedFaces'),
    volume: sum('volume'),
  };
}

function inspectPrimitive({ positions, normals, texels, indices }: RawPrimitive): MeshReport {
  const vertices = positions.length / 3;
  if (indices.some((vertex) => vertex >= vertices))
    throw new Error('An index of the GLB points past its vertices.');
  const first = weldPositions(positions);
  const welded = indices.map((vertex) => u32(first, vertex));
  return {
    faces: indices.length / 3,
    vertices,
    nonManifoldEdges: countNonManifoldEdges(welded, vertices),
    ...measureFaces(positions, welded),
    badNormals: countBadNormals(normals),
    stretchedFaces: measureStretch(
      positions,
      texels,
      texels.length > 0 ? indices : new Uint32Array(0),
    ).filter((stretch) => stretch > mostStretch).length,
  };
}

function countNonManifoldEdges(indices: Uint32Array, vertices: number): number {
  const keys = Float64Array.from(indices, (from, corner) => {
    const to = u32(indices, nextCorner(corner));
    return 2 * (Math.min(from, to) * vertices + Math.max(from, to)) + (from < to ? 0 : 1);
  }).sort();
  let bad = 0;
  for (let at = 0; at < keys.length;) {
    const edge = Math.floor(f64(keys, at) / 2);
    let end = at + 1;
    while (end < keys.length && Math.floor(f64(keys, end) / 2) === edge) end++;
    if (end - at !== 2 || f64(keys, at) === f64(keys, at + 1)) bad++;
    at = end;
  }
  return bad;
}

function measureFaces(
  positions: Float32Array,
  indices: Uint32Array,
): Pick<MeshReport, 'degenerateFaces' | 'volume'> {
  let [degenerateFaces, volume] = [0, 0];
  for (let face = 0; face < indices.length; face += 3) {
    const [a, b, c] = [u32(indices, face) * 3, u32(indices, face + 1) * 3, u32(indices, face + 2) * 3];
    const [ax, ay, az] = [f32(positions, a), f32(positions, a + 1), f32(positions, a + 2)];
    const [ux, uy, uz] = [f32(positions, b) - ax, f32(positions, b + 1) - ay, f32(positions, b + 2) - az];
    const [vx, vy, vz] = [f32(positions, c) - ax, f32(positions, c + 1) - ay, f32(positions, c + 2) - az];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    if (a === b || b === c || c === a || !(nx * nx + ny * ny + nz * nz > 0)) degenerateFaces++;
    volume += (ax * nx + ay * ny + az * nz) / 6;
  }
  return { degenerateFaces, volume };
}

function countBadNormals(normals: Float32Array): number {
  let bad = 0;
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(f32(normals, at), f32(normals, at + 1), f32(normals, at + 2));
    if (!(Math.abs(length - 1) <= 0.005)) bad++;
  }
  return bad;
}
