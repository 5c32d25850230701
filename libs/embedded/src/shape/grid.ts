import { f32 } from '../typed-access.js';

/** Scalar values on a raster, row by row; (0, 0) is the centre of the first value, y points down. */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function newField(width: number, height: number): Field {
  return { width, height, data: new Float32Array(width * height) };
}

/** Bilinear value at (x, y); beyond the raster the nearest edge counts. */
export function sample(field: Field, x: number, y: number): number {
  const { width, height, data } = field;
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const x0 = Math.min(Math.floor(cx), Math.max(width - 2, 0));
  const y0 = Math.min(Math.floor(cy), Math.max(height - 2, 0));
  const right = width > 1 ? 1 : 0;
  const down = height > 1 ? width : 0;
  const at = y0 * width + x0;
  const top = f32(data, at) + (f32(data, at + right) - f32(data, at)) * (cx - x0);
  const bottom = f32(data, at + down) + (f32(data, at + down + right) - f32(data, at + down)) * (cx - x0);
  return top + (bottom - top) * (cy - y0);
}

/** Gaussian blur, approximated by three box blurs; `sigma` in raster steps. Edges repeat. */
export function blur(field: Field, sigma: number): Field {
  const radius = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  let from = field.data;
  for (let pass = 0; pass < 3; pass++) {
    const rows = boxBlurLines(from, field.height, field.width, field.width, 1, radius);
    from = boxBlurLines(rows, field.width, field.height, 1, field.width, radius);
  }
  return { width: field.width, height: field.height, data: from };
}

function boxBlurLines(
  from: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  radius: number,
): Float32Array {
  const to = new Float32Array(from.length);
  const share = 1 / (2 * radius + 1);
  for (let line = 0; line < lines; line++) {
    const base = line * lineStep;
    const read = (i: number): number => f32(from, base + Math.min(Math.max(i, 0), length - 1) * step);
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += read(i);
    for (let i = 0; i < length; i++) {
      to[base + i * step] = sum * share;
      sum += read(i + radius + 1) - read(i - radius);
    }
  }
  return to;
}
