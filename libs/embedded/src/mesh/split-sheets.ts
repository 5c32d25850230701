import { f32, u32 } from '../typed-access.js';
import type { Mesh } from './mesh.js';

/** A mesh cut along its rim: every vertex belongs to one sheet, those on the rim occur twice. */
export interface Sheets {
  readonly indices: Uint32Array;
  /** Vertex of the whole mesh that each vertex here is. */
  readonly sources: Uint32Array;
  /** 1 for vertices of the back. */
  readonly isBack: Uint8Array;
  /** 1 for vertices on the cut. */
  readonly isCut: Uint8Array;
}

/** A face belongs to the back when its centre lies behind the rim, or on it and the face looks back. */
export function splitSheets({ positions, indices }: Mesh): Sheets {
  const vertices = positions.length / 3;
  const copies = [new Int32Array(vertices).fill(-1), new Int32Array(vertices).fill(-1)] as const;
  const sources: number[] = [];
  const split = new Uint32Array(indices.length);
  const isBack: number[] = [];
  for (let face = 0; face < indices.length; face += 3) {
    const side = looksBack(positions, indices, face) ? 1 : 0;
    for (let corner = face; corner < face + 3; corner++) {
      const vertex = u32(indices, corner);
      let copy = copies[side][vertex] ?? -1;
      if (copy < 0) {
        copy = sources.push(vertex) - 1;
        isBack.push(side);
        copies[side][vertex] = copy;
      }
      split[corner] = copy;
    }
  }
  const isCut = sources.map((vertex) =>
    (copies[0][vertex] ?? -1) >= 0 && (copies[1][vertex] ?? -1) >= 0 ? 1 : 0,
  );
  return {
    indices: split,
    sources: Uint32Array.from(sources),
    isBack: Uint8Array.from(isBack),
    isCut: Uint8Array.from(isCut),
  };
}

function looksBack(positions: Float32Array, indices: Uint32Array, face: number): boolean {
  const [a, b, c] = [u32(indices, face) * 3, u32(indices, face + 1) * 3, u32(indices, face + 2) * 3];
  const depth = f32(positions, a + 2) + f32(positions, b + 2) + f32(positions, c + 2);
  if (depth !== 0) return depth < 0;
  const [ux, uy] = [f32(positions, b) - f32(positions, a), f32(positions, b + 1) - f32(positions, a + 1)];
  const [vx, vy] = [f32(positions, c) - f32(positions, a), f32(positions, c + 1) - f32(positions, a + 1)];
  return ux * vy - uy * vx < 0;
}
