import { f32, u8 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { blur, newField, type Field } from './grid.js';
import { solveMembrane } from './solve-membrane.js';

/** A step of colour (share of red or green, per grid step) that is half paint, half shading. */
const paintStep = 0.012;
/** Steepest change of log brightness, per grid step, that is believed; steeper ones are edges of paint or light. */
const steepest = 0.07;
/** Structures wider than this share of the size are shape, which the outline tells better. */
const widestShare = 0.07;
/** Added to brightness (0 … 1) before its logarithm, against noise in the dark. */
const darkest = 0.06;

/**
 * The relief that a photo's shading suggests: bright is near, dark is far, in units of log brightness. Changes that come
 * with a change of colour, or are too abrupt for shading, count little; what is left is integrated so that it is 0 on the
 * rim and dies away over a share of `size` (grid steps). Its slope is at most `steepest`.
 */
export function photoRelief(photo: Photo, mask: Field, size: number): Field {
  const load = shadingDivergence(photo, mask);
  return solveMembrane({ mask, load, stiffness: 1 / (widestShare * size) ** 2, edgeLength: Infinity });
}

/** Minus the divergence of the believed gradient of log brightness. */
function shadingDivergence(photo: Photo, mask: Field): Field {
  const { light, red, green } = channels(photo);
  const { width, height } = photo;
  const load = newField(width, height);
  const flow = (at: number, other: number): void => {
    if (f32(mask.data, at) <= 0.5 || f32(mask.data, other) <= 0.5) return;
    const change = f32(light.data, other) - f32(light.data, at);
    const paint =
      Math.abs(f32(red.data, other) - f32(red.data, at)) +
      Math.abs(f32(green.data, other) - f32(green.data, at));
    const believed = change / ((1 + (paint / paintStep) ** 2) * Math.hypot(1, change / steepest));
    load.data[at] = f32(load.data, at) - believed;
    load.data[other] = f32(load.data, other) + believed;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (x + 1 < width) flow(at, at + 1);
      if (y + 1 < height) flow(at, at + width);
    }
  }
  return load;
}

/** Log brightness, and the shares of red and green, softened against noise. */
function channels({ width, height, rgba }: Photo): { light: Field; red: Field; green: Field } {
  const [light, red, green] = [newField(width, height), newField(width, height), newField(width, height)];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [r, g, b] = [u8(rgba, pixel * 4), u8(rgba, pixel * 4 + 1), u8(rgba, pixel * 4 + 2)];
    light.data[pixel] = Math.log((0.2126 * r + 0.7152 * g + 0.0722 * b) / 255 + darkest);
    red.data[pixel] = (r + 8) / (r + g + b + 24);
    green.data[pixel] = (g + 8) / (r + g + b + 24);
  }
  return { light: blur(light, 1), red: blur(red, 1), green: blur(green, 1) };
}
