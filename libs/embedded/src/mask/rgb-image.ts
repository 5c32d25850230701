import type { Photo } from '../image/decode-image.js';

/** RGB bytes, three for each pixel. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** The photo without its transparency. */
export function toRgb({ width, height, rgba }: Photo): RgbImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++)
    rgb.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  return { width, height, rgb };
}
