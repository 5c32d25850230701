import { f32, u8 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { blur, type Field } from './grid.js';

/** Fine structure of a photo: its brightness against the wider surroundings, −1 … 1, softened against noise. */
export function luminanceDetail({ width, height, rgba }: Photo): Field {
  const light: Field = {
    width,
    height,
    data: Float32Array.from({ length: width * height }, (_, pixel) => {
      const at = pixel * 4;
      return (0.2126 * u8(rgba, at) + 0.7152 * u8(rgba, at + 1) + 0.0722 * u8(rgba, at + 2)) / 255;
    }),
  };
  const near = blur(light, 1.2);
  const wide = blur(light, 9);
  const data = near.data.map((value, pixel) => Math.tanh(2.5 * (value - f32(wide.data, pixel))));
  return { width, height, data };
}
