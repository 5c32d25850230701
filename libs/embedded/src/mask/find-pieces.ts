import { i32, u8 } from '../typed-access.js';

export interface Pieces {
  /** Piece of each pixel, −1 where the mask has another value. */
  readonly labels: Int32Array;
  readonly areas: Float64Array;
  readonly weights: Float64Array;
  readonly touchesBorder: ReadonlySet<number>;
}

/** The 4-connected regions of one value. A weight is an area in which central pixels count more. */
export function findPieces(mask: Uint8Array, width: number, height: number, value: 0 | 1): Pieces {
  const labels = new Int32Array(mask.length).fill(-1);
  const areas: number[] = [];
  const weights: number[] = [];
  const touchesBorder = new Set<number>();
  const stack = new Int32Array(mask.length);
  for (let seed = 0; seed < mask.length; seed++) {
    if (u8(mask, seed) !== value || i32(labels, seed) >= 0) continue;
    const piece = areas.length;
    let area = 0;
    let weight = 0;
    let size = 0;
    const visit = (pixel: number): void => {
      if (u8(mask, pixel) !== value || i32(labels, pixel) >= 0) return;
      labels[pixel] = piece;
      stack[size++] = pixel;
    };
    visit(seed);
    while (size > 0) {
      const pixel = i32(stack, --size);
      const x = pixel % width;
      const y = (pixel - x) / width;
      area++;
      weight += Math.exp(-8 * ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2));
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) touchesBorder.add(piece);
      if (x > 0) visit(pixel - 1);
      if (x < width - 1) visit(pixel + 1);
      if (y > 0) visit(pixel - width);
      if (y < height - 1) visit(pixel + width);
    }
    areas.push(area);
    weights.push(weight);
  }
  return { labels, areas: Float64Array.from(areas), weights: Float64Array.from(weights), touchesBorder };
}
