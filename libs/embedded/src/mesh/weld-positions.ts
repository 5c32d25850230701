import { f32, i32, u32 } from '../typed-access.js';

/** For each vertex the number of the first one at exactly the same float32 position (−0 equals 0). */
export function weldPositions(positions: Float32Array): Uint32Array {
  const count = positions.length / 3;
  const bits = new Uint32Array(positions.map((value) => value + 0).buffer);
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, count * 2)));
  const table = new Int32Array(slots).fill(-1);
  const first = new Uint32Array(count);
  for (let vertex = 0; vertex < count; vertex++) {
    const hash =
      Math.imul(u32(bits, vertex * 3), 73_856_093) ^
      Math.imul(u32(bits, vertex * 3 + 1), 19_349_663) ^
      Math.imul(u32(bits, vertex * 3 + 2), 83_492_791);
    let slot = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) & (slots - 1);
    while (i32(table, slot) >= 0 && !isSame(positions, i32(table, slot), vertex))
      slot = (slot + 1) & (slots - 1);
    if (i32(table, slot) < 0) table[slot] = vertex;
    first[vertex] = i32(table, slot);
  }
  return first;
}

function isSame(positions: Float32Array, one: number, other: number): boolean {
  for (let axis = 0; axis < 3; axis++) {
    if (f32(positions, one * 3 + axis) !== f32(positions, other * 3 + axis)) return false;
  }
  return true;
}
