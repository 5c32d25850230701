import type { Photo } from '../src/image/decode-image.js';
import type { Field } from '../src/shape/grid.js';

/** 1 where `isInside` holds at a pixel's centre, softened over one pixel by 4 × 4 samples. */
export function drawMask(width: number, height: number, isInside: (x: number, y: number) => boolean): Field {
  const data = Float32Array.from({ length: width * height }, (_, at) => {
    let inside = 0;
    for (let part = 0; part < 16; part++) {
      const x = (at % width) + ((part % 4) - 1.5) / 4;
      const y = Math.floor(at / width) + (Math.floor(part / 4) - 1.5) / 4;
      if (isInside(x, y)) inside++;
    }
    return inside / 16;
  });
  return { width, height, data };
}

/** An opaque photo with the colour that `paint` gives each pixel. */
export function drawPhoto(
  width: number,
  height: number,
  paint: (x: number, y: number) => readonly [red: number, green: number, blue: number],
): Photo {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let at = 0; at < width * height; at++) rgba.set(paint(at % width, Math.floor(at / width)), at * 4);
  return { width, height, rgba };
}

/** Pearson's correlation. */
export function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanOne, meanOther] = [mean(one), mean(other)];
  let [both, first, second] = [0, 0, 0];
  one.forEach((value, at) => {
    const [x, y] = [value - meanOne, (other[at] ?? 0) - meanOther];
    both += x * y;
    first += x * x;
    second += y * y;
  });
  return first * second === 0 ? 0 : both / Math.sqrt(first * second);
}
