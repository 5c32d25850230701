import { f32, u32 } from '../typed-access.js';
import { newField, sample, type Field } from './grid.js';

const roundsPerLevel = 16;
const roundsOnCoarsest = 80;
const relaxation = 1.6;

/** ∇²u − stiffness·u = −load where mask > 0.5; lengths in grid steps. */
export interface Membrane {
  readonly mask: Field;
  /** Load at each point; left out, there is none. */
  readonly load?: Field;
  /** Values that hold where mask ≤ 0.5; left out, 0. */
  readonly rim?: Field;
  /** 1 / (length over which a value dies away)²; 0 … */
  readonly stiffness: number;
  /** Length over which a value would die away beyond the grid's edge; Infinity keeps the edge free. */
  readonly edgeLength: number;
}

/** Solves a membrane, coarse grids first: each level starts from the one below, so wide shapes converge quickly. */
export function solveMembrane(membrane: Membrane): Field {
  return solveLevel(membrane, 1, meanRim(membrane));
}

/** A start for coarse grids, in which a narrow rim may be lost. */
function meanRim({ mask, rim }: Membrane): number {
  let [sum, count] = [0, 0];
  for (let at = 0; rim && at < mask.data.length; at++) {
    if (f32(mask.data, at) > 0.5) continue;
    sum += f32(rim.data, at);
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

function solveLevel(membrane: Membrane, step: number, guess: number): Field {
  const { mask } = membrane;
  const isCoarsest = Math.min(mask.width, mask.height) < 12;
  const coarse = isCoarsest ? undefined : solveLevel(halveMembrane(membrane), step * 2, guess);
  const start = (x: number, y: number): number =>
    coarse ? sample(coarse, (x - 0.5) / 2, (y - 0.5) / 2) : guess;
  const level = openLevel(membrane, step, start);
  for (let round = 0; round < (isCoarsest ? roundsOnCoarsest : roundsPerLevel); round++) relax(level);
  return closeLevel(level, mask);
}

function halveMembrane({ mask, load, rim, ...rest }: Membrane): Membrane {
  return {
    ...rest,
    mask: halve(mask),
    ...(load ? { load: halve(load) } : {}),
    ...(rim ? { rim: halve(rim) } : {}),
  };
}

function halve(field: Field): Field {
  const half = newField(Math.ceil(field.width / 2), Math.ceil(field.height / 2));
  for (let y = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++)
      half.data[y * half.width + x] = sample(field, 2 * x + 0.5, 2 * y + 0.5);
  }
  return half;
}

/** One level with a border of ghost values around it. */
interface Level {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
  readonly inside: Uint32Array;
  readonly load: Float32Array;
  /** What a value is divided by: four neighbours and the stiffness. */
  readonly divisor: number;
  /** A ghost's share of the value at the edge. */
  readonly ghostShare: number;
}

function openLevel(
  { mask, load, rim, stiffness, edgeLength }: Membrane,
  step: number,
  start: (x: number, y: number) => number,
): Level {
  const [width, height] = [mask.width + 2, mask.height + 2];
  const values = new Float32Array(width * height);
  const loads = new Float32Array(width * height);
  const inside: number[] = [];
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      const [from, at] = [y * mask.width + x, (y + 1) * width + x + 1];
      const isInside = f32(mask.data, from) > 0.5;
      if (isInside) inside.push(at);
      values[at] = isInside ? start(x, y) : rim ? f32(rim.data, from) : 0;
      if (load) loads[at] = f32(load.data, from) * step * step;
    }
  }
  return {
    width,
    height,
    values,
    inside: Uint32Array.from(inside),
    load: loads,
    divisor: 4 + stiffness * step * step,
    ghostShare: Math.max(0, 1 - step / edgeLength),
  };
}

/** One round of successive over-relaxation, and the ghosts after it. */
function relax({ width, height, values, inside, load, divisor, ghostShare }: Level): void {
  for (let row = 1; row < height - 1; row++) {
    values[row * width] = ghostShare * f32(values, row * width + 1);
    values[row * width + width - 1] = ghostShare * f32(values, row * width + width - 2);
  }
  for (let column = 1; column < width - 1; column++) {
    values[column] = ghostShare * f32(values, width + column);
    values[(height - 1) * width + column] = ghostShare * f32(values, (height - 2) * width + column);
  }
  for (let i = 0; i < inside.length; i++) {
    const at = u32(inside, i);
    const around =
      f32(values, at - 1) + f32(values, at + 1) + f32(values, at - width) + f32(values, at + width);
    const old = f32(values, at);
    values[at] = old + relaxation * ((around + f32(load, at)) / divisor - old);
  }
}

function closeLevel({ width, values }: Level, mask: Field): Field {
  const field = newField(mask.width, mask.height);
  for (let y = 0; y < mask.height; y++) {
    const from = (y + 1) * width + 1;
    field.data.set(values.subarray(from, from + mask.width), y * mask.width);
  }
  return field;
}
