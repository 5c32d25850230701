import { f32 } from '../typed-access.js';

/** Colours with a weight, four floats for each texel: red, green and blue (0 … 255) times weight, and weight (0 … 1). */
export interface ColourLevel {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Fills the texels of little weight from their surroundings, smoothly, at any distance (push-pull; Gortler et al.,
 * 1996): the object's colours run past its rim. The levels come back filled, each half as large as the one before,
 * and are the caller's own arrays; weights no longer mean anything.
 */
export function fillOutside(finest: ColourLevel): readonly ColourLevel[] {
  const levels = [finest];
  for (let level = finest; level.width > 1 || level.height > 1;) {
    level = shrink(level);
    levels.push(level);
  }
  for (let index = levels.length - 2; index >= 0; index--) {
    const [fine, coarse] = [levels[index], levels[index + 1]];
    if (fine && coarse) fillFrom(fine, coarse);
  }
  return levels;
}

function shrink(from: ColourLevel): ColourLevel {
  const width = Math.max(1, from.width >> 1);
  const height = Math.max(1, from.height >> 1);
  const data = new Float32Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const right = from.width > 1 ? 4 : 0;
      const down = from.height > 1 ? from.width * 4 : 0;
      const at = ((from.height > 1 ? 2 * y : 0) * from.width + (from.width > 1 ? 2 * x : 0)) * 4;
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 4; channel++) {
        const i = at + channel;
        data[to + channel] =
          f32(from.data, i) +
          f32(from.data, i + right) +
          f32(from.data, i + down) +
          f32(from.data, i + right + down);
      }
      const weight = f32(data, to + 3);
      if (weight <= 1) continue;
      for (let channel = 0; channel < 4; channel++) data[to + channel] = f32(data, to + channel) / weight;
    }
  }
  return { width, height, data };
}

function fillFrom(fine: ColourLevel, coarse: ColourLevel): void {
  const colour = new Float64Array(3);
  for (let y = 0; y < fine.height; y++) {
    for (let x = 0; x < fine.width; x++) {
      const at = (y * fine.width + x) * 4;
      const missing = 1 - f32(fine.data, at + 3);
      if (missing <= 0) continue;
      readColour(coarse, (x - 0.5) / 2, (y - 0.5) / 2, colour);
      colour.forEach((value, channel) => {
        fine.data[at + channel] = f32(fine.data, at + channel) + missing * value;
      });
    }
  }
}

/** Bilinear colour of a filled level at texel position (x, y), written to the first three numbers of `into`. */
export function readColour(
  { width, height, data }: ColourLevel,
  x: number,
  y: number,
  into: Float64Array,
): void {
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const x0 = Math.min(Math.floor(cx), Math.max(0, width - 2));
  const y0 = Math.min(Math.floor(cy), Math.max(0, height - 2));
  const right = width > 1 ? 4 : 0;
  const down = height > 1 ? width * 4 : 0;
  const [tx, ty] = [cx - x0, cy - y0];
  for (let channel = 0; channel < 3; channel++) {
    const at = (y0 * width + x0) * 4 + channel;
    const top = f32(data, at) + (f32(data, at + right) - f32(data, at)) * tx;
    const bottom = f32(data, at + down) + (f32(data, at + right + down) - f32(data, at + down)) * tx;
    into[channel] = top + (bottom - top) * ty;
  }
}
