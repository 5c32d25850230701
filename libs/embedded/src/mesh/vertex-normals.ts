import { f32, f64, u32 } from '../typed-access.js';
import type { Mesh } from './mesh.js';

/** Unit normals: the mean of a vertex's faces, weighted by area. Where they cancel out, towards the viewer. */
export function vertexNormals({ positions, indices }: Mesh): Float32Array {
  const sums = new Float64Array(positions.length);
  for (let face = 0; face < indices.length; face += 3) {
    const [a, b, c] = [u32(indices, face) * 3, u32(indices, face + 1) * 3, u32(indices, face + 2) * 3];
    const ux = f32(positions, b) - f32(positions, a);
    const uy = f32(positions, b + 1) - f32(positions, a + 1);
    const uz = f32(positions, b + 2) - f32(positions, a + 2);
    const vx = f32(positions, c) - f32(positions, a);
    const vy = f32(positions, c + 1) - f32(positions, a + 1);
    const vz = f32(positions, c + 2) - f32(positions, a + 2);
    for (const at of [a, b, c]) {
      sums[at] = f64(sums, at) + uy * vz - uz * vy;
      sums[at + 1] = f64(sums, at + 1) + uz * vx - ux * vz;
      sums[at + 2] = f64(sums, at + 2) + ux * vy - uy * vx;
    }
  }
  const normals = new Float32Array(positions.length);
  for (let at = 0; at < sums.length; at += 3) {
    const [x, y, z] = [f64(sums, at), f64(sums, at + 1), f64(sums, at + 2)];
    const length = Math.sqrt(x * x + y * y + z * z);
    if (length > 0) normals.set([x / length, y / length, z / length], at);
    else normals[at + 2] = 1;
  }
  return normals;
}
