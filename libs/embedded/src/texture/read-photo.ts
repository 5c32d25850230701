import { u8 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';

/** Bilinear colour of the photo at pixel (x, y), written to the first three numbers of `into`; beyond its edge the edge goes on. */
export function readPhoto({ width, height, rgba }: Photo, x: number, y: number, into: Float64Array): void {
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const x0 = Math.min(Math.floor(cx), Math.max(0, width - 2));
  const y0 = Math.min(Math.floor(cy), Math.max(0, height - 2));
  const right = width > 1 ? 4 : 0;
  const down = height > 1 ? width * 4 : 0;
  const [tx, ty] = [cx - x0, cy - y0];
  for (let channel = 0; channel < 3; channel++) {
    const at = (y0 * width + x0) * 4 + channel;
    const top = u8(rgba, at) + (u8(rgba, at + right) - u8(rgba, at)) * tx;
    const bottom = u8(rgba, at + down) + (u8(rgba, at + right + down) - u8(rgba, at + down)) * tx;
    into[channel] = top + (bottom - top) * ty;
  }
}
