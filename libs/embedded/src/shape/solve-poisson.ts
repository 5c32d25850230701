import { f32 } from '../typed-access.js';
import { newField, sample, type Field } from './grid.js';

const roundsPerLevel = 40;
const relaxation = 1.6;

/**
 * Solves ∇²u = −1 where mask > 0.5 with u = 0 elsewhere, lengths in grid steps: a soap film that swells with the
 * distance from the rim. Coarse grids first (each level starts from the one below), so wide shapes converge quickly.
 */
export function solvePoisson(mask: Field): Field {
  return solveLevel(mask, 1);
}

function solveLevel(mask: Field, step: number): Field {
  const u = newField(mask.width, mask.height);
  const isCoarsest = Math.min(mask.width, mask.height) < 12;
  if (!isCoarsest) {
    const coarse = solveLevel(halve(mask), step * 2);
    for (let y = 0; y < mask.height; y++) {
      for (let x = 0; x < mask.width; x++) {
        u.data[y * mask.width + x] = sample(coarse, (x - 0.5) / 2, (y - 0.5) / 2);
      }
    }
  }
  const inside = insideOf(mask);
  zeroOutside(u, inside);
  for (let round = 0; round < roundsPerLevel * (isCoarsest ? 4 : 1); round++) relax(u, inside, step * step);
  return u;
}

function halve(mask: Field): Field {
  const half = newField(Math.ceil(mask.width / 2), Math.ceil(mask.height / 2));
  for (let y = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++)
      half.data[y * half.width + x] = sample(mask, 2 * x + 0.5, 2 * y + 0.5);
  }
  return half;
}

/** Inside pixels in row order; those on the grid's edge count as outside. */
function insideOf({ width, height, data }: Field): Uint32Array {
  const inside: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) if (f32(data, y * width + x) > 0.5) inside.push(y * width + x);
  }
  return Uint32Array.from(inside);
}

function zeroOutside(u: Field, inside: Uint32Array): void {
  const kept = new Float32Array(u.data.length);
  for (const at of inside) kept[at] = f32(u.data, at);
  u.data.set(kept);
}

/** One round of successive over-relaxation. */
function relax({ width, data }: Field, inside: Uint32Array, source: number): void {
  for (const at of inside) {
    const around = f32(data, at - 1) + f32(data, at + 1) + f32(data, at - width) + f32(data, at + width);
    const old = f32(data, at);
    data[at] = old + relaxation * ((around + source) / 4 - old);
  }
}
