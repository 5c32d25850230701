import { f32, f64, u32, u8 } from '../typed-access.js';
import type { Mesh } from '../mesh/mesh.js';
import type { Sheets } from '../mesh/split-sheets.js';
import { projectTo, type TextureLayout } from './texture-layout.js';

/** What each texel shows: a place of the grid (grid steps, y down) on the front or on the back. */
export interface TexelMap {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly isBack: Uint8Array;
}

/**
 * Lays the flattened sheets on the texture. Texels that no face covers show what would lie there if the sheets went on
 * flat, so that colours run past the rim.
 */
export function mapTexels(mesh: Mesh, sheets: Sheets, flat: Float64Array, layout: TextureLayout): TexelMap {
  const map = surroundings(layout);
  const places = placeVertices(sheets, flat, layout);
  for (let face = 0; face < sheets.indices.length; face += 3) {
    const [a, b, c] = [
      u32(sheets.indices, face),
      u32(sheets.indices, face + 1),
      u32(sheets.indices, face + 2),
    ];
    fillFace(map, layout, mesh.positions, sheets.sources, places, a, b, c);
  }
  return map;
}

/** Two numbers for each vertex of the sheets: its place on the texture, in texels. */
function placeVertices(
  sheets: Sheets,
  flat: Float64Array,
  { front, back, crop }: TextureLayout,
): Float64Array {
  const places = new Float64Array(flat.length);
  for (let vertex = 0; vertex < sheets.sources.length; vertex++) {
    const rect = u8(sheets.isBack, vertex) === 1 ? back : front;
    const { x, y } = projectTo(rect, crop, f64(flat, vertex * 2), -f64(flat, vertex * 2 + 1));
    places[vertex * 2] = x;
    places[vertex * 2 + 1] = y;
  }
  return places;
}

function surroundings({ width, height, front, back, crop }: TextureLayout): TexelMap {
  const count = width * height;
  const map = { x: new Float32Array(count), y: new Float32Array(count), isBack: new Uint8Array(count) };
  const [wide, high] = [crop.right - crop.left, crop.bottom - crop.top];
  for (let row = 0; row < height; row++) {
    const isLow = row + 0.5 >= back.y;
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const isBack = isLow && column + 0.5 >= back.x;
      const rect = isBack ? back : front;
      map.isBack[at] = isBack ? 1 : 0;
      map.x[at] = crop.left + ((column + 0.5 - rect.x) / rect.width) * wide;
      map.y[at] = crop.top + ((row + 0.5 - rect.y) / rect.height) * high;
    }
  }
  return map;
}

/** Every texel whose centre lies in the face, whichever way round its corners go. */
function fillFace(
  map: TexelMap,
  { width, height }: TextureLayout,
  positions: Float32Array,
  sources: Uint32Array,
  places: Float64Array,
  a: number,
  b: number,
  c: number,
): void {
  const [ax, ay] = [f64(places, a * 2), f64(places, a * 2 + 1)];
  const [ux, uy] = [f64(places, b * 2) - ax, f64(places, b * 2 + 1) - ay];
  const [vx, vy] = [f64(places, c * 2) - ax, f64(places, c * 2 + 1) - ay];
  const area = ux * vy - vx * uy;
  const left = Math.max(0, Math.ceil(ax + Math.min(0, ux, vx) - 0.5));
  const right = Math.min(width - 1, Math.floor(ax + Math.max(0, ux, vx) - 0.5));
  const top = Math.max(0, Math.ceil(ay + Math.min(0, uy, vy) - 0.5));
  const bottom = Math.min(height - 1, Math.floor(ay + Math.max(0, uy, vy) - 0.5));
  if (area === 0 || left > right || top > bottom) return;
  const [from, ofB, ofC] = [u32(sources, a) * 3, u32(sources, b) * 3, u32(sources, c) * 3];
  const [gridX, gridY] = [f32(positions, from), -f32(positions, from + 1)];
  const [bx, by] = [f32(positions, ofB) - gridX, -f32(positions, ofB + 1) - gridY];
  const [cx, cy] = [f32(positions, ofC) - gridX, -f32(positions, ofC + 1) - gridY];
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5 - ay;
    for (let column = left; column <= right; column++) {
      const x = column + 0.5 - ax;
      const shareB = (x * vy - vx * y) / area;
      const shareC = (ux * y - x * uy) / area;
      if (shareB < 0 || shareC < 0 || shareB + shareC > 1) continue;
      const at = row * width + column;
      map.x[at] = gridX + shareB * bx + shareC * cx;
      map.y[at] = gridY + shareB * by + shareC * cy;
    }
  }
}
