import { f32, u8 } from '../typed-access.js';
import type { Field } from '../shape/grid.js';
import type { RgbImage } from './rgb-image.js';

export interface GuidedFilterSettings {
  /** Half the side of the windows, in pixels. */
  readonly radius: number;
  /** Variance of colour (each channel 0 … 1) below which a window counts as flat and is only smoothed. */
  readonly flatVariance: number;
}

/**
 * The colour guided filter (He, Sun, Tang 2010): in each window the field is explained as a linear function of the
 * photo's colour, so that its outline moves to the photo's edges and thin things that differ in colour stay.
 */
export function guidedFilter(field: Field, image: RgbImage, settings: GuidedFilterSettings): Field {
  const { width, height, data } = field;
  const mean = (values: Float32Array): Float32Array => boxMean(values, width, height, settings.radius);
  const product = (one: Float32Array, other: Float32Array): Float32Array =>
    one.map((value, pixel) => value * f32(other, pixel));
  const planes = [0, 1, 2].map((channel) => planeOf(image, channel));
  const [red, green, blue] = planes as [Float32Array, Float32Array, Float32Array];
  const [r, g, b, p] = [mean(red), mean(green), mean(blue), mean(data)];
  const [rr, rg, rb] = [mean(product(red, red)), mean(product(red, green)), mean(product(red, blue))];
  const [gg, gb, bb] = [mean(product(green, green)), mean(product(green, blue)), mean(product(blue, blue))];
  const [rp, gp, bp] = [mean(product(red, data)), mean(product(green, data)), mean(product(blue, data))];
  const slopes = [r, g, b].map((values) => new Float32Array(values.length));
  const [toRed, toGreen, toBlue] = slopes as [Float32Array, Float32Array, Float32Array];
  const offset = new Float32Array(p.length);
  for (let i = 0; i < offset.length; i++) {
    const [mr, mg, mb, mp] = [f32(r, i), f32(g, i), f32(b, i), f32(p, i)];
    const [a00, a11, a22] = [
      f32(rr, i) - mr * mr + settings.flatVariance,
      f32(gg, i) - mg * mg + settings.flatVariance,
      f32(bb, i) - mb * mb + settings.flatVariance,
    ];
    const [a01, a02, a12] = [f32(rg, i) - mr * mg, f32(rb, i) - mr * mb, f32(gb, i) - mg * mb];
    const [c0, c1, c2] = [f32(rp, i) - mr * mp, f32(gp, i) - mg * mp, f32(bp, i) - mb * mp];
    const [i00, i01, i02] = [a11 * a22 - a12 * a12, a02 * a12 - a01 * a22, a01 * a12 - a02 * a11];
    const [i11, i12, i22] = [a00 * a22 - a02 * a02, a01 * a02 - a00 * a12, a00 * a11 - a01 * a01];
    const scale = 1 / (a00 * i00 + a01 * i01 + a02 * i02);
    const s0 = scale * (i00 * c0 + i01 * c1 + i02 * c2);
    const s1 = scale * (i01 * c0 + i11 * c1 + i12 * c2);
    const s2 = scale * (i02 * c0 + i12 * c1 + i22 * c2);
    toRed[i] = s0;
    toGreen[i] = s1;
    toBlue[i] = s2;
    offset[i] = mp - s0 * mr - s1 * mg - s2 * mb;
  }
  const [sr, sg, sb, so] = [mean(toRed), mean(toGreen), mean(toBlue), mean(offset)];
  const filtered = so.map((value, i) => {
    const fit = value + f32(sr, i) * f32(red, i) + f32(sg, i) * f32(green, i) + f32(sb, i) * f32(blue, i);
    return Math.min(1, Math.max(0, fit));
  });
  return { width, height, data: filtered };
}

function planeOf({ rgb }: RgbImage, channel: number): Float32Array {
  return new Float32Array(rgb.length / 3).map((_, pixel) => u8(rgb, pixel * 3 + channel) / 255);
}

/** Mean over the part of a (2·radius + 1)² window that lies on the raster. */
function boxMean(from: Float32Array, width: number, height: number, radius: number): Float32Array {
  const rows = lineMeans(from, height, width, width, 1, radius);
  return lineMeans(rows, width, height, 1, width, radius);
}

function lineMeans(
  from: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  radius: number,
): Float32Array {
  const to = new Float32Array(from.length);
  for (let line = 0; line < lines; line++) {
    const base = line * lineStep;
    let [sum, count] = [0, 0];
    for (let i = 0; i < Math.min(radius, length); i++) {
      sum += f32(from, base + i * step);
      count++;
    }
    for (let i = 0; i < length; i++) {
      if (i + radius < length) {
        sum += f32(from, base + (i + radius) * step);
        count++;
      }
      if (i - radius > 0) {
        sum -= f32(from, base + (i - radius - 1) * step);
        count--;
      }
      to[base + i * step] = sum / count;
    }
  }
  return to;
}
