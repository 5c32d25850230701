import { f32, f64, u32, u8 } from '../typed-access.js';
import { cornerFans, nextCorner, type CornerFans, type Mesh } from './mesh.js';
import type { Sheets } from './split-sheets.js';

const rounds = 90;
const relaxation = 1.7;

/**
 * Flat places of the sheets' vertices, two numbers (grid steps, x right, y up) each: the cut stays where the viewer sees
 * it, and inside it each vertex is the mean of its neighbours, weighted by mean value coordinates (Floater, 2003) on the
 * surface. Steep sides so get room in proportion to their surface, at the cost of what faces the viewer.
 */
export function flattenSheets(mesh: Mesh, sheets: Sheets): Float64Array {
  const count = sheets.sources.length;
  const flat = new Float64Array(count * 2);
  for (let vertex = 0; vertex < count; vertex++) {
    const at = u32(sheets.sources, vertex) * 3;
    flat[vertex * 2] = f32(mesh.positions, at);
    flat[vertex * 2 + 1] = f32(mesh.positions, at + 1);
  }
  const fans = cornerFans(sheets.indices, count);
  const neighbours = fans.corners.map((corner) => u32(sheets.indices, nextCorner(corner)));
  const weights = meanValueWeights(mesh, sheets, fans, neighbours);
  const free = Uint32Array.from({ length: count }, (_, vertex) => vertex).filter(
    (vertex) => u8(sheets.isCut, vertex) === 0,
  );
  for (let round = 0; round < rounds; round++)
    sweep(flat, free, round % 2 === 0, fans.start, neighbours, weights);
  return flat;
}

/** One round of successive over-relaxation over the free vertices, in either order. */
function sweep(
  flat: Float64Array,
  free: Uint32Array,
  isForward: boolean,
  start: Uint32Array,
  neighbours: Uint32Array,
  weights: Float64Array,
): void {
  for (let i = 0; i < free.length; i++) {
    const vertex = u32(free, isForward ? i : free.length - 1 - i);
    const end = u32(start, vertex + 1);
    let [x, y] = [0, 0];
    for (let at = u32(start, vertex); at < end; at++) {
      const neighbour = u32(neighbours, at) * 2;
      const weight = f64(weights, at);
      x += weight * f64(flat, neighbour);
      y += weight * f64(flat, neighbour + 1);
    }
    const at = vertex * 2;
    flat[at] = f64(flat, at) + relaxation * (x - f64(flat, at));
    flat[at + 1] = f64(flat, at + 1) + relaxation * (y - f64(flat, at + 1));
  }
}

/**
 * For each corner in the fans, the weight of the vertex that follows it in its face; the weights of a vertex that is not
 * on the cut add up to 1. Each is positive, which keeps a vertex among its neighbours.
 */
function meanValueWeights(
  { positions, indices }: Mesh,
  sheets: Sheets,
  { start, corners }: CornerFans,
  neighbours: Uint32Array,
): Float64Array {
  const weights = new Float64Array(corners.length);
  for (let vertex = 0; vertex + 1 < start.length; vertex++) {
    const [first, end] = [u32(start, vertex), u32(start, vertex + 1)];
    let sum = 0;
    for (let i = first; i < end; i++) {
      const corner = u32(corners, i);
      const after = nextCorner(corner);
      const before = nextCorner(after);
      const [o, a, b] = [u32(indices, corner), u32(indices, after), u32(indices, before)];
      const half = halfAngleTangent(positions, o, a, b);
      const toAfter = half / distance(positions, o, a);
      const toBefore = half / distance(positions, o, b);
      weights[i] = f64(weights, i) + toAfter;
      const last = u32(sheets.indices, before);
      for (let other = first; other < end; other++) {
        if (u32(neighbours, other) !== last) continue;
        weights[other] = f64(weights, other) + toBefore;
        break;
      }
      sum += toAfter + toBefore;
    }
    for (let i = first; i < end; i++) weights[i] = f64(weights, i) / sum;
  }
  return weights;
}

function distance(positions: Float32Array, one: number, other: number): number {
  const x = f32(positions, one * 3) - f32(positions, other * 3);
  const y = f32(positions, one * 3 + 1) - f32(positions, other * 3 + 1);
  const z = f32(positions, one * 3 + 2) - f32(positions, other * 3 + 2);
  return Math.sqrt(x * x + y * y + z * z);
}

/** tan of half the angle at a corner of a face. */
function halfAngleTangent(positions: Float32Array, corner: number, after: number, before: number): number {
  const [o, a, b] = [corner * 3, after * 3, before * 3];
  const ax = f32(positions, a) - f32(positions, o);
  const ay = f32(positions, a + 1) - f32(positions, o + 1);
  const az = f32(positions, a + 2) - f32(positions, o + 2);
  const bx = f32(positions, b) - f32(positions, o);
  const by = f32(positions, b + 1) - f32(positions, o + 1);
  const bz = f32(positions, b + 2) - f32(positions, o + 2);
  const lengths = Math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz));
  const [cx, cy, cz] = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
  const sine = Math.sqrt(cx * cx + cy * cy + cz * cz);
  return sine / (lengths + ax * bx + ay * by + az * bz + 1e-12);
}
