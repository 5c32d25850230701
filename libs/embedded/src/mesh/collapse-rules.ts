import { f32, u32 } from '../typed-access.js';
import { nextCorner, type CornerFans } from './mesh.js';

/** How much a collapse may disturb the faces around it. */
export interface Tolerance {
  /** Least cosine between a face's normal before and after. */
  readonly minCosine: number;
  /** Least height of a face, as a share of its longest edge. */
  readonly minHeight: number;
  /** The rim stays where it is, so that it goes on parting the front from the back. */
  readonly keepsRim: boolean;
}

/** The mesh in the middle of a pass: corners still name the old vertices, `target` says what became of them. */
export interface PassState {
  readonly positions: Float32Array;
  readonly indices: Uint32Array;
  readonly fans: CornerFans;
  readonly target: Uint32Array;
  /** Scratch for one number per vertex. */
  readonly marks: Uint32Array;
  stamp: number;
}

/**
 * The link condition: merging `from` into `to` keeps a closed manifold exactly when both see the same two
 * neighbours, and together are more than a tetrahedron.
 */
export function keepsManifold(state: PassState, from: number, to: number): boolean {
  const { fans, target, indices, marks } = state;
  const stamp = ++state.stamp;
  let [toValence, fromValence, shared] = [0, 0, 0];
  for (let i = u32(fans.start, to); i < u32(fans.start, to + 1); i++) {
    const corner = nextCorner(u32(fans.corners, i));
    const neighbour = u32(target, u32(indices, corner));
    if (neighbour === u32(target, u32(indices, nextCorner(corner)))) continue;
    marks[neighbour] = stamp;
    toValence++;
  }
  for (let i = u32(fans.start, from); i < u32(fans.start, from + 1); i++) {
    const corner = nextCorner(u32(fans.corners, i));
    const neighbour = u32(target, u32(indices, corner));
    if (neighbour === u32(target, u32(indices, nextCorner(corner)))) continue;
    if (u32(marks, neighbour) === stamp) shared++;
    fromValence++;
  }
  return shared === 2 && !(fromValence === 3 && toValence === 3);
}

/** The rim lies in the plane z = 0, and nothing else does: a vertex of it may only move along it. */
export function keepsRim(positions: Float32Array, from: number, to: number): boolean {
  return f32(positions, from * 3 + 2) !== 0 || f32(positions, to * 3 + 2) === 0;
}

/** No face around `from` turns over, and none gets too thin, when `from` moves to the place of `to`. */
export function keepsFaces(state: PassState, from: number, to: number, tolerance: Tolerance): boolean {
  const { fans, target, indices } = state;
  for (let i = u32(fans.start, from); i < u32(fans.start, from + 1); i++) {
    const corner = nextCorner(u32(fans.corners, i));
    const a = u32(target, u32(indices, corner));
    const b = u32(target, u32(indices, nextCorner(corner)));
    if (a === b || a === to || b === to) continue;
    if (!keepsFace(state.positions, from, to, a, b, tolerance)) return false;
  }
  return true;
}

function keepsFace(
  positions: Float32Array,
  from: number,
  to: number,
  a: number,
  b: number,
  tolerance: Tolerance,
): boolean {
  const ax = f32(positions, a * 3);
  const ay = f32(positions, a * 3 + 1);
  const az = f32(positions, a * 3 + 2);
  const abx = f32(positions, b * 3) - ax;
  const aby = f32(positions, b * 3 + 1) - ay;
  const abz = f32(positions, b * 3 + 2) - az;
  const fx = f32(positions, from * 3) - ax;
  const fy = f32(positions, from * 3 + 1) - ay;
  const fz = f32(positions, from * 3 + 2) - az;
  const tx = f32(positions, to * 3) - ax;
  const ty = f32(positions, to * 3 + 1) - ay;
  const tz = f32(positions, to * 3 + 2) - az;
  const [ox, oy, oz] = [aby * fz - abz * fy, abz * fx - abx * fz, abx * fy - aby * fx];
  const [nx, ny, nz] = [aby * tz - abz * ty, abz * tx - abx * tz, abx * ty - aby * tx];
  const oldArea = Math.sqrt(ox * ox + oy * oy + oz * oz);
  const newArea = Math.sqrt(nx * nx + ny * ny + nz * nz);
  const [bx, by, bz] = [tx - abx, ty - aby, tz - abz];
  const ab = abx * abx + aby * aby + abz * abz;
  const longest = Math.max(ab, tx * tx + ty * ty + tz * tz, bx * bx + by * by + bz * bz);
  if (newArea <= tolerance.minHeight * longest) return false;
  return ox * nx + oy * ny + oz * nz > tolerance.minCosine * oldArea * newArea;
}
