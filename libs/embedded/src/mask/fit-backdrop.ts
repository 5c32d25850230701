import { f32, f64, i32, u8 } from '../typed-access.js';
import type { RgbImage } from './rgb-image.js';
import { solveLinear } from './solve-linear.js';

const terms = 10;

/** How well one smooth colour surface explains the photo. */
export interface Backdrop {
  /** Median distance (0 … 441, RGB) of the photo's border from the surface: small means a plain backdrop. */
  readonly error: number;
  /** Distance of each pixel from the surface. */
  readonly distance: Float32Array;
  /** The photo minus the surface, around mid-grey: a sky or a studio wall becomes flat. */
  readonly flattened: RgbImage;
}

/** Fits a cubic colour surface to the border, then, robustly, to whatever else agrees with it. */
export function fitBackdrop(image: RgbImage): Backdrop {
  const basis = basisOf(image);
  const border = pixelsOf(image, true);
  const everywhere = pixelsOf(image, false);
  let surface = fit(image, basis, border, () => 1);
  let error = Infinity;
  for (let round = 0; round < 7; round++) {
    const distance = distancesTo(image, basis, surface);
    if (round < 4) error = median(border, distance);
    const scale = 2 * error + 2;
    const power = round < 4 ? 1 : 2;
    const weight = (pixel: number): number => (1 + (f32(distance, pixel) / scale) ** 2) ** -power;
    surface = fit(image, basis, round < 4 ? border : everywhere, weight);
  }
  return { error, distance: distancesTo(image, basis, surface), flattened: flatten(image, basis, surface) };
}

function basisOf({ width, height }: RgbImage): Float64Array {
  const basis = new Float64Array(width * height * terms);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x = (2 * (pixel % width)) / width - 1;
    const y = (2 * Math.floor(pixel / width)) / height - 1;
    basis.set([1, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y], pixel * terms);
  }
  return basis;
}

/** Every second pixel, of the whole photo or of its top, left and right borders (things stand on the bottom one). */
function pixelsOf({ width, height }: RgbImage, borderOnly: boolean): Int32Array {
  const band = Math.max(2, Math.round(0.06 * Math.min(width, height)));
  const pixels: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = y & 1; x < width; x += 2) {
      if (!borderOnly || y < band || x < band || x >= width - band) pixels.push(y * width + x);
    }
  }
  return Int32Array.from(pixels);
}

function fit(
  image: RgbImage,
  basis: Float64Array,
  pixels: Int32Array,
  weightOf: (pixel: number) => number,
): Float64Array[] {
  const normal = new Float64Array(terms * terms);
  const right = [0, 1, 2].map(() => new Float64Array(terms));
  for (let i = 0; i < pixels.length; i++) {
    const pixel = i32(pixels, i);
    const weight = weightOf(pixel);
    for (let row = 0; row < terms; row++) {
      const value = weight * f64(basis, pixel * terms + row);
      for (let column = 0; column < terms; column++) {
        const at = row * terms + column;
        normal[at] = f64(normal, at) + value * f64(basis, pixel * terms + column);
      }
      right.forEach((sums, channel) => {
        sums[row] = f64(sums, row) + value * u8(image.rgb, pixel * 3 + channel);
      });
    }
  }
  for (let i = 0; i < terms; i++) normal[i * terms + i] = f64(normal, i * terms + i) + 1e-4 * pixels.length;
  return right.map((sums) => solveLinear(normal.slice(), sums));
}

function evaluate(basis: Float64Array, pixel: number, coefficients: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < terms; i++) sum += f64(basis, pixel * terms + i) * f64(coefficients, i);
  return sum;
}

function distancesTo(image: RgbImage, basis: Float64Array, surface: readonly Float64Array[]): Float32Array {
  const squares = new Float32Array(image.width * image.height);
  surface.forEach((coefficients, channel) => {
    for (let pixel = 0; pixel < squares.length; pixel++) {
      const off = u8(image.rgb, pixel * 3 + channel) - evaluate(basis, pixel, coefficients);
      squares[pixel] = f32(squares, pixel) + off * off;
    }
  });
  return squares.map(Math.sqrt);
}

function flatten(image: RgbImage, basis: Float64Array, surface: readonly Float64Array[]): RgbImage {
  const rgb = new Uint8Array(image.rgb.length);
  surface.forEach((coefficients, channel) => {
    for (let pixel = 0; pixel < image.width * image.height; pixel++) {
      const value = u8(image.rgb, pixel * 3 + channel) - evaluate(basis, pixel, coefficients) + 128;
      rgb[pixel * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
    }
  });
  return { ...image, rgb };
}

function median(pixels: Int32Array, distance: Float32Array): number {
  const sorted = Float32Array.from(pixels, (pixel) => f32(distance, pixel)).sort();
  return f32(sorted, sorted.length >> 1);
}
