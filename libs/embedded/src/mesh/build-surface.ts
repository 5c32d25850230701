import { f32, f64, u32, u8 } from '../typed-access.js';
import { projectTo, type TextureLayout } from '../texture/texture-layout.js';
import type { Mesh } from './mesh.js';
import type { Sheets } from './split-sheets.js';
import { vertexNormals } from './vertex-normals.js';

/** What a renderer gets. Vertices on the seam between front and back occur twice, with the same position and normal. */
export interface Surface {
  /** World units: 1 high, centred on the origin; y up, the front faces +z. */
  readonly positions: Float32Array;
  /** Unit length, smooth across the seam. */
  readonly normals: Float32Array;
  /** Texture coordinates, v downwards; absent without a texture. */
  readonly uvs: Float32Array | undefined;
  readonly indices: Uint32Array;
}

/** The mesh cut into sheets and flattened (grid steps, x right, y up), and where the sheets lie on the texture. */
export interface Unwrapping {
  readonly sheets: Sheets;
  readonly flat: Float64Array;
  readonly layout: TextureLayout;
}

/** Widest model, in world units; a wider one gets less high. */
const maxWidth = 4;

/** Places a mesh (grid steps) in the world and gives it normals and, once unwrapped, texture coordinates. */
export function buildSurface(mesh: Mesh, unwrapping: Unwrapping | undefined): Surface {
  const world = placeInWorld(mesh.positions);
  const normals = vertexNormals({ positions: world, indices: mesh.indices });
  levelRimNormals(mesh.positions, normals);
  if (!unwrapping) return { positions: world, normals, uvs: undefined, indices: mesh.indices };
  const { sheets, flat, layout } = unwrapping;
  const uvs = new Float32Array(flat.length);
  for (let vertex = 0; vertex * 2 < flat.length; vertex++) {
    const rect = u8(sheets.isBack, vertex) === 1 ? layout.back : layout.front;
    const { x, y } = projectTo(rect, layout.crop, f64(flat, vertex * 2), -f64(flat, vertex * 2 + 1));
    uvs[vertex * 2] = x / layout.width;
    uvs[vertex * 2 + 1] = y / layout.height;
  }
  return {
    positions: pick(world, sheets.sources),
    normals: pick(normals, sheets.sources),
    uvs,
    indices: sheets.indices,
  };
}

/** The body stands upright on the plane of its rim: there the normals lie in it, whatever the faces around say. */
function levelRimNormals(positions: Float32Array, normals: Float32Array): void {
  for (let at = 0; at < normals.length; at += 3) {
    const [x, y] = [f32(normals, at), f32(normals, at + 1)];
    const length = Math.hypot(x, y);
    if (f32(positions, at + 2) !== 0 || length < 0.2) continue;
    normals.set([x / length, y / length, 0], at);
  }
}

function pick(values: Float32Array, sources: Uint32Array): Float32Array {
  const picked = new Float32Array(sources.length * 3);
  for (let copy = 0; copy < sources.length; copy++) {
    for (let axis = 0; axis < 3; axis++) picked[copy * 3 + axis] = f32(values, u32(sources, copy) * 3 + axis);
  }
  return picked;
}

function placeInWorld(positions: Float32Array): Float32Array {
  const low = new Float64Array(3).fill(Infinity);
  const high = new Float64Array(3).fill(-Infinity);
  positions.forEach((value, at) => {
    low[at % 3] = Math.min(f64(low, at % 3), value);
    high[at % 3] = Math.max(f64(high, at % 3), value);
  });
  const extent = high.map((value, axis) => value - f64(low, axis));
  const centre = high.map((value, axis) => (value + f64(low, axis)) / 2);
  const scale = Math.min(1 / f64(extent, 1), maxWidth / f64(extent, 0));
  return positions.map((value, at) => (value - f64(centre, at % 3)) * scale);
}
