import { f32, f64, u32 } from '../typed-access.js';
import type { Rect, TextureLayout } from '../texture/texture-layout.js';
import { vertexNormals } from './vertex-normals.js';
import type { Mesh } from './mesh.js';

/** What a renderer gets. Vertices on the seam between front and back occur twice, at exactly the same position. */
export interface Surface {
  /** World units: 1 high, centred on the origin; y up, the front faces +z. */
  readonly positions: Float32Array;
  /** Unit length, smooth across the seam. */
  readonly normals: Float32Array;
  /** Texture coordinates, v downwards; absent without a texture. */
  readonly uvs: Float32Array | undefined;
  readonly indices: Uint32Array;
}

/** Widest model, in world units; a wider one gets less high. */
const maxWidth = 4;

/** Places a mesh (grid steps) in the world and gives it normals and, with a layout, texture coordinates. */
export function buildSurface(mesh: Mesh, layout: TextureLayout | undefined): Surface {
  const world = placeInWorld(mesh.positions);
  const normals = vertexNormals({ positions: world, indices: mesh.indices });
  if (!layout) return { positions: world, normals, uvs: undefined, indices: mesh.indices };
  const { indices, sources, isBack } = splitSeam(mesh);
  const uvs = new Float32Array(sources.length * 2);
  sources.forEach((vertex, copy) => {
    const rect = isBack[copy] === 1 ? layout.back : layout.front;
    const [u, v] = project(
      layout,
      rect,
      f32(mesh.positions, vertex * 3),
      -f32(mesh.positions, vertex * 3 + 1),
    );
    uvs[copy * 2] = u;
    uvs[copy * 2 + 1] = v;
  });
  return { positions: pick(world, sources), normals: pick(normals, sources), uvs, indices };
}

function project({ width, height, crop }: TextureLayout, rect: Rect, x: number, y: number): [number, number] {
  const along = (x - crop.left) / (crop.right - crop.left);
  const down = (y - crop.top) / (crop.bottom - crop.top);
  return [(rect.x + along * rect.width) / width, (rect.y + down * rect.height) / height];
}

interface SplitMesh {
  readonly indices: Uint32Array;
  /** Vertex of the mesh that each new vertex copies. */
  readonly sources: Uint32Array;
  readonly isBack: Uint8Array;
}

/** A face belongs to the back when its centre lies behind the rim; a vertex with faces on both sides is doubled. */
function splitSeam({ positions, indices }: Mesh): SplitMesh {
  const copies = new Map<number, number>();
  const sources: number[] = [];
  const isBack: number[] = [];
  const split = new Uint32Array(indices.length);
  const depth = (corner: number): number => f32(positions, u32(indices, corner) * 3 + 2);
  for (let face = 0; face < indices.length; face += 3) {
    const side = depth(face) + depth(face + 1) + depth(face + 2) < 0 ? 1 : 0;
    for (let corner = face; corner < face + 3; corner++) {
      const key = u32(indices, corner) * 2 + side;
      let copy = copies.get(key);
      if (copy === undefined) {
        copy = sources.push(u32(indices, corner)) - 1;
        isBack.push(side);
        copies.set(key, copy);
      }
      split[corner] = copy;
    }
  }
  return { indices: split, sources: Uint32Array.from(sources), isBack: Uint8Array.from(isBack) };
}

function pick(values: Float32Array, sources: Uint32Array): Float32Array {
  const picked = new Float32Array(sources.length * 3);
  sources.forEach((vertex, copy) => {
    picked.set(values.subarray(vertex * 3, vertex * 3 + 3), copy * 3);
  });
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
