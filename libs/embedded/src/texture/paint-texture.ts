import sharp from 'sharp';
import { f32, f64, u8 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { sample } from '../shape/grid.js';
import type { Shape } from '../shape/shape.js';
import { readColour } from './fill-outside.js';
import { mixGridColours } from './grid-colours.js';
import type { TexelMap } from './map-texels.js';
import { readPhoto } from './read-photo.js';
import type { TextureLayout } from './texture-layout.js';

/** Of a relief's frame: dark wood. */
const frameColour = [62, 52, 45];

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
  texels: TexelMap,
  settings: JpegSettings,
): Promise<Uint8Array> {
  const { width, height } = layout;
  return sharp(paintTexels(photo, shape, texels), { raw: { width, height, channels: 3 } })
    .jpeg(settings)
    .toBuffer();
}

/** Three bytes for each texel. */
function paintTexels(photo: Photo, shape: Shape, texels: TexelMap): Uint8Array {
  const { trust, filled, back } = mixGridColours(photo, shape, frameColour);
  const { margin, mask } = shape;
  const perGridX = photo.width / (mask.width - 2 * margin);
  const perGridY = photo.height / (mask.height - 2 * margin);
  const [right, bottom] = [mask.width - margin - 0.5, mask.height - margin - 0.5];
  const rgb = new Uint8Array(texels.x.length * 3);
  const [seen, guessed] = [new Float64Array(3), new Float64Array(3)];
  for (let texel = 0; texel < texels.x.length; texel++) {
    const [x, y] = [f32(texels.x, texel), f32(texels.y, texel)];
    const isBack = u8(texels.isBack, texel) === 1;
    const share = isBack ? 0 : sample(trust, x, y);
    if (share < 1) readColour(isBack ? back : filled, x, y, guessed);
    if (share > 0) {
      const isFrame = x < margin - 0.5 || y < margin - 0.5 || x > right || y > bottom;
      if (isFrame) seen.set(frameColour);
      else readPhoto(photo, (x - margin + 0.5) * perGridX - 0.5, (y - margin + 0.5) * perGridY - 0.5, seen);
    }
    for (let channel = 0; channel < 3; channel++) {
      const value = share * f64(seen, channel) + (1 - share) * f64(guessed, channel);
      rgb[texel * 3 + channel] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return rgb;
}
