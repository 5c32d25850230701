import sharp from 'sharp';
import { f32, f64, u8 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { distanceTo } from '../mask/distance-to.js';
import { sample, type Field } from '../shape/grid.js';
import type { Shape } from '../shape/shape.js';
import { fillOutside, readColour, type ColourLevel } from './fill-outside.js';
import type { Rect, TextureLayout } from './texture-layout.js';

/** Longest side of the level of the filled front that colours the back: its colours, without a second face. */
const backSide = 40;

export interface JpegSettings {
  /** 1 … 100 */
  readonly quality: number;
  readonly chromaSubsampling: '4:2:0' | '4:4:4';
}

/** Paints front and back into one JPEG. Beyond the object's rim its own colours go on, not the background's. */
export async function paintTexture(
  photo: Photo,
  shape: Shape,
  layout: TextureLayout,
  settings: JpegSettings,
): Promise<Uint8Array> {
  const levels = fillOutside(projectPhoto(photo, shape, layout));
  const rgb = new Uint8Array(layout.width * layout.height * 3);
  const [front] = levels;
  const back = levels.find(({ width, height }) => Math.max(width, height) <= backSide);
  if (front) copyLevel(front, layout.front, rgb, layout.width);
  if (back) copyLevel(back, layout.back, rgb, layout.width);
  return sharp(rgb, { raw: { width: layout.width, height: layout.height, channels: 3 } })
    .jpeg(settings)
    .toBuffer();
}

/** Depth inside the outline, in grid steps, where the photo begins to count, and where it counts fully. */
const [rimDepth, coreDepth] = [0.9, 1.7];

/** The photo as the front rectangle sees it. Near the outline, where the background shines through, it counts less. */
function projectPhoto(photo: Photo, shape: Shape, { front, crop }: TextureLayout): ColourLevel {
  const data = new Float32Array(front.width * front.height * 4);
  const perGridX = photo.width / (shape.mask.width - 2 * shape.margin);
  const perGridY = photo.height / (shape.mask.height - 2 * shape.margin);
  const depth = depthInside(shape);
  const colour = new Float64Array(3);
  for (let row = 0; row < front.height; row++) {
    const gridY = crop.top + ((row + 0.5) / front.height) * (crop.bottom - crop.top);
    for (let column = 0; column < front.width; column++) {
      const gridX = crop.left + ((column + 0.5) / front.width) * (crop.right - crop.left);
      const weight = Math.min(1, (sample(depth, gridX, gridY) - rimDepth) / (coreDepth - rimDepth));
      if (weight <= 0) continue;
      const x = (gridX - shape.margin + 0.5) * perGridX - 0.5;
      const y = (gridY - shape.margin + 0.5) * perGridY - 0.5;
      readPhoto(photo, x, y, colour);
      const at = (row * front.width + column) * 4;
      for (let channel = 0; channel < 3; channel++) data[at + channel] = f64(colour, channel) * weight;
      data[at + 3] = weight;
    }
  }
  return { width: front.width, height: front.height, data };
}

/** Distance of each grid point inside to the nearest one outside: 1 for the outermost. */
function depthInside({ mask: { width, height, data } }: Shape): Field {
  const outside = Uint8Array.from(data, (value) => (value > 0.5 ? 0 : 1));
  return { width, height, data: distanceTo(outside, width, height) };
}

/** Bilinear colour of the photo; beyond its edge the edge goes on. */
function readPhoto({ width, height, rgba }: Photo, x: number, y: number, into: Float64Array): void {
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

/** Stretches a filled level over a rectangle of the texture. */
function copyLevel(level: ColourLevel, rect: Rect, rgb: Uint8Array, width: number): void {
  const isSameSize = level.width === rect.width && level.height === rect.height;
  const colour = new Float64Array(3);
  for (let y = 0; y < rect.height; y++) {
    for (let x = 0; x < rect.width; x++) {
      const to = ((rect.y + y) * width + rect.x + x) * 3;
      const at = (y * level.width + x) * 4;
      if (!isSameSize) {
        const levelX = ((x + 0.5) * level.width) / rect.width - 0.5;
        readColour(level, levelX, ((y + 0.5) * level.height) / rect.height - 0.5, colour);
      }
      for (let channel = 0; channel < 3; channel++) {
        const value = isSameSize ? f32(level.data, at + channel) : f64(colour, channel);
        rgb[to + channel] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
}
