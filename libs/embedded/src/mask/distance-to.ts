import { f32 } from '../typed-access.js';

/** Chamfer distance, in pixels, of every pixel to the nearest one inside the mask. */
export function distanceTo(mask: Uint8Array, width: number, height: number): Float32Array {
  const distance = Float32Array.from(mask, (value) => (value === 1 ? 0 : 1e6));
  const relax = (x: number, y: number, side: 1 | -1): void => {
    const at = y * width + x;
    let best = f32(distance, at);
    if (x - side >= 0 && x - side < width) best = Math.min(best, f32(distance, at - side) + 1);
    if (y - side >= 0 && y - side < height) {
      const row = at - side * width;
      best = Math.min(best, f32(distance, row) + 1);
      if (x > 0) best = Math.min(best, f32(distance, row - 1) + Math.SQRT2);
      if (x < width - 1) best = Math.min(best, f32(distance, row + 1) + Math.SQRT2);
    }
    distance[at] = best;
  };
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) relax(x, y, 1);
  for (let y = height - 1; y >= 0; y--) for (let x = width - 1; x >= 0; x--) relax(x, y, -1);
  return distance;
}
