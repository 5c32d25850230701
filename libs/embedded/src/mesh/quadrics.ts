import { f32, f64, u32 } from '../typed-access.js';
import type { Mesh } from './mesh.js';

/** Numbers of one quadric: the upper triangle of A (6), b (3), c. Garland and Heckbert, 1997. */
const size = 10;

/** For each vertex the sum of its faces' plane quadrics, weighted by area: x·A·x + 2·b·x + c is squared distance × area. */
export function vertexQuadrics({ positions, indices }: Mesh): Float64Array {
  const quadrics = new Float64Array((positions.length / 3) * size);
  for (let face = 0; face < indices.length; face += 3) {
    const [a, b, c] = [u32(indices, face) * 3, u32(indices, face + 1) * 3, u32(indices, face + 2) * 3];
    const ax = f32(positions, a);
    const ay = f32(positions, a + 1);
    const az = f32(positions, a + 2);
    const ux = f32(positions, b) - ax;
    const uy = f32(positions, b + 1) - ay;
    const uz = f32(positions, b + 2) - az;
    const vx = f32(positions, c) - ax;
    const vy = f32(positions, c + 1) - ay;
    const vz = f32(positions, c + 2) - az;
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (length === 0) continue;
    const d = -(nx * ax + ny * ay + nz * az) / length;
    for (let corner = 0; corner < 3; corner++) {
      addPlane(quadrics, u32(indices, face + corner), nx / length, ny / length, nz / length, d, length / 2);
    }
  }
  return quadrics;
}

function addPlane(
  quadrics: Float64Array,
  vertex: number,
  x: number,
  y: number,
  z: number,
  d: number,
  weight: number,
): void {
  const at = vertex * size;
  quadrics[at] = f64(quadrics, at) + weight * x * x;
  quadrics[at + 1] = f64(quadrics, at + 1) + weight * x * y;
  quadrics[at + 2] = f64(quadrics, at + 2) + weight * x * z;
  quadrics[at + 3] = f64(quadrics, at + 3) + weight * y * y;
  quadrics[at + 4] = f64(quadrics, at + 4) + weight * y * z;
  quadrics[at + 5] = f64(quadrics, at + 5) + weight * z * z;
  quadrics[at + 6] = f64(quadrics, at + 6) + weight * x * d;
  quadrics[at + 7] = f64(quadrics, at + 7) + weight * y * d;
  quadrics[at + 8] = f64(quadrics, at + 8) + weight * z * d;
  quadrics[at + 9] = f64(quadrics, at + 9) + weight * d * d;
}

export function addQuadric(quadrics: Float64Array, from: number, to: number): void {
  for (let i = 0; i < size; i++) {
    quadrics[to * size + i] = f64(quadrics, to * size + i) + f64(quadrics, from * size + i);
  }
}

/** Error of vertex `of`'s planes at the position of vertex `at`; never negative. */
export function quadricError(
  quadrics: Float64Array,
  of: number,
  positions: Float32Array,
  at: number,
): number {
  const x = f32(positions, at * 3);
  const y = f32(positions, at * 3 + 1);
  const z = f32(positions, at * 3 + 2);
  const q = of * size;
  const ax =
    f64(quadrics, q) * x + f64(quadrics, q + 1) * y + f64(quadrics, q + 2) * z + f64(quadrics, q + 6);
  const ay =
    f64(quadrics, q + 1) * x + f64(quadrics, q + 3) * y + f64(quadrics, q + 4) * z + f64(quadrics, q + 7);
  const az =
    f64(quadrics, q + 2) * x + f64(quadrics, q + 4) * y + f64(quadrics, q + 5) * z + f64(quadrics, q + 8);
  const b = f64(quadrics, q + 6) * x + f64(quadrics, q + 7) * y + f64(quadrics, q + 8) * z;
  return Math.max(0, ax * x + ay * y + az * z + b + f64(quadrics, q + 9));
}
