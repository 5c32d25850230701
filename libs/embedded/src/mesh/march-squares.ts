import { f32, i32 } from '../typed-access.js';
import { sample } from '../shape/grid.js';
import type { Shape } from '../shape/shape.js';
import type { Mesh } from './mesh.js';
import { traceLattice, type Lattice } from './trace-lattice.js';

/** Crossings keep this share of an edge between them and its ends, so that no face gets too thin. */
const clearance = 0.2;

/**
 * The closed mesh of a shape, in grid steps (x right, y up, z towards the viewer). Marching squares over the lattice
 * gives a front and a back sheet; both end at the same crossings of the outline. It is manifold by construction: the
 * only edges between two crossings lie on the rim, and every other edge ends at a point that one sheet owns alone.
 */
export function marchSquares(shape: Shape, step: number): Mesh {
  const lattice = traceLattice(shape.mask, step);
  const vertices = numberVertices(lattice);
  const positions = placeVertices(shape, lattice, vertices);
  return { positions, indices: emitFaces(lattice, vertices) };
}

/** Vertex numbers, −1 where there is none. */
interface Vertices {
  /** Front vertex of each lattice point inside; the back vertex is the next number. */
  readonly points: Int32Array;
  /** Crossing on the edge from each lattice point to its right neighbour, and to the one below. */
  readonly rightward: Int32Array;
  readonly downward: Int32Array;
  readonly count: number;
}

function numberVertices({ values: { width, height, data } }: Lattice): Vertices {
  const points = new Int32Array(data.length).fill(-1);
  const rightward = new Int32Array(data.length).fill(-1);
  const downward = new Int32Array(data.length).fill(-1);
  let count = 0;
  for (let at = 0; at < width * height; at++) {
    const isInside = f32(data, at) > 0;
    if (isInside) {
      points[at] = count;
      count += 2;
    }
    if ((at + 1) % width !== 0 && isInside !== f32(data, at + 1) > 0) rightward[at] = count++;
    if (at + width < data.length && isInside !== f32(data, at + width) > 0) downward[at] = count++;
  }
  return { points, rightward, downward, count };
}

function placeVertices(shape: Shape, lattice: Lattice, vertices: Vertices): Float32Array {
  const { values, left, top, step } = lattice;
  const positions = new Float32Array(vertices.count * 3);
  const put = (vertex: number, x: number, y: number, z: number): void => {
    positions[vertex * 3] = x;
    positions[vertex * 3 + 1] = -y;
    positions[vertex * 3 + 2] = z;
  };
  const crossing = (at: number, other: number): number => {
    const [here, there] = [f32(values.data, at), f32(values.data, other)];
    return Math.min(1 - clearance, Math.max(clearance, here / (here - there)));
  };
  const thinnest = 0.05 * step;
  for (let at = 0; at < values.data.length; at++) {
    const x = left + (at % values.width) * step;
    const y = top + Math.floor(at / values.width) * step;
    const point = i32(vertices.points, at);
    if (point >= 0) {
      put(point, x, y, Math.max(thinnest, Math.sqrt(sample(shape.front, x, y))));
      put(point + 1, x, y, -Math.max(thinnest, Math.sqrt(sample(shape.back, x, y))));
    }
    const [right, down] = [i32(vertices.rightward, at), i32(vertices.downward, at)];
    if (right >= 0) put(right, x + step * crossing(at, at + 1), y, 0);
    if (down >= 0) put(down, x, y + step * crossing(at, at + values.width), 0);
  }
  return positions;
}

/**
 * Faces of one cell by which of its corners are inside (bit 0 top left, 1 bottom left, 2 bottom right, 3 top right),
 * counter-clockwise on the screen. 0 … 3 are those corners, 4 … 7 the crossings left, bottom, right and top.
 * No edge but a rim edge joins two crossings. Where two opposite corners are inside, they stay apart.
 */
const cellFaces: readonly (readonly number[])[] = [
  [],
  [0, 4, 7],
  [1, 5, 4],
  [0, 1, 5, 0, 5, 7],
  [2, 6, 5],
  [0, 4, 7, 2, 6, 5],
  [1, 2, 6, 1, 6, 4],
  [1, 2, 6, 1, 6, 7, 1, 7, 0],
  [3, 7, 6],
  [3, 0, 4, 3, 4, 6],
  [1, 5, 4, 3, 7, 6],
  [0, 1, 5, 0, 5, 6, 0, 6, 3],
  [2, 3, 7, 2, 7, 5],
  [3, 0, 4, 3, 4, 5, 3, 5, 2],
  [2, 3, 7, 2, 7, 4, 2, 4, 1],
  [0, 1, 2, 0, 2, 3],
];
/** The other diagonal of a full cell, for every second one. */
const otherDiagonal: readonly number[] = [1, 2, 3, 1, 3, 0];

function emitFaces({ values }: Lattice, vertices: Vertices): Uint32Array {
  const { width, height, data } = values;
  const faces: number[] = [];
  const inside = (at: number): number => (f32(data, at) > 0 ? 1 : 0);
  for (let j = 0; j + 1 < height; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const at = j * width + i;
      const bits =
        inside(at) | (inside(at + width) << 1) | (inside(at + width + 1) << 2) | (inside(at + 1) << 3);
      if (bits === 0) continue;
      const isOther = bits === 15 && ((i + j) & 1) === 1;
      emitCell((isOther ? otherDiagonal : cellFaces[bits]) ?? [], at, width, vertices, faces);
    }
  }
  return Uint32Array.from(faces);
}

function emitCell(
  cell: readonly number[],
  at: number,
  width: number,
  vertices: Vertices,
  faces: number[],
): void {
  const { points, rightward, downward } = vertices;
  const corners = [at, at + width, at + width + 1, at + 1];
  const vertexOf = (local: number, sheet: 0 | 1): number => {
    if (local < 4) return i32(points, corners[local] ?? at) + sheet;
    if (local === 4) return i32(downward, at);
    if (local === 5) return i32(rightward, at + width);
    return local === 6 ? i32(downward, at + 1) : i32(rightward, at);
  };
  for (let face = 0; face < cell.length; face += 3) {
    const [a = 0, b = 0, c = 0] = [cell[face], cell[face + 1], cell[face + 2]];
    faces.push(vertexOf(a, 0), vertexOf(b, 0), vertexOf(c, 0));
    faces.push(vertexOf(a, 1), vertexOf(c, 1), vertexOf(b, 1));
  }
}
