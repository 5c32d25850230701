import { f32 } from '../typed-access.js';
import { newField, sample, type Field } from '../shape/grid.js';

/** A square lattice of sample points around an outline: point (i, j) lies at (left + i·step, top + j·step). */
export interface Lattice {
  /** Mask − 0.5 at each point: > 0 inside. The outermost points are outside. */
  readonly values: Field;
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

/** Samples the mask; only the part that contains its outline becomes lattice. */
export function traceLattice(mask: Field, step: number): Lattice {
  const box = boundsOf(mask);
  const left = box.left - 1.01 * step;
  const top = box.top - 1.01 * step;
  const values = newField(Math.ceil((box.right - left) / step) + 2, Math.ceil((box.bottom - top) / step) + 2);
  for (let j = 0; j < values.height; j++) {
    for (let i = 0; i < values.width; i++) {
      const isRim = i === 0 || j === 0 || i === values.width - 1 || j === values.height - 1;
      const value = isRim ? 0 : sample(mask, left + i * step, top + j * step);
      values.data[j * values.width + i] = value - 0.5;
    }
  }
  return { values, left, top, step };
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The smallest box around all pixels inside the mask, one pixel wider on each side. */
export function boundsOf({ width, height, data }: Field): Bounds {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (f32(data, y * width + x) <= 0.5) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return { left: left - 1, top: top - 1, right: right + 1, bottom: bottom + 1 };
}

/** Pixels inside the mask. */
export function areaOf({ data }: Field): number {
  return data.reduce((area, value) => area + (value > 0.5 ? 1 : 0), 0);
}
