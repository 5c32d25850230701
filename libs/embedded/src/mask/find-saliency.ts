import { u8 } from '../typed-access.js';
import { resizePhoto, type Photo } from '../image/decode-image.js';
import type { Field } from '../shape/grid.js';
import { resizeField } from './resize-field.js';
import { loadSaliencyModel, saliencySide } from './saliency-model.js';

/** What the model was trained with: mean and deviation of red, green and blue, as shares of the brightest byte. */
const channels = [
  { mean: 0.485, deviation: 0.229 },
  { mean: 0.456, deviation: 0.224 },
  { mean: 0.406, deviation: 0.225 },
] as const;

/** How much each pixel draws the eye, 0 … 1, as large as the photo; undefined when the model cannot be loaded. */
export async function findSaliency(photo: Photo): Promise<Field | undefined> {
  const model = await loadSaliencyModel();
  if (!model) return undefined;
  const raw = await model(toPlanes(await resizePhoto(photo, saliencySide, saliencySide)));
  return resizeField({ width: saliencySide, height: saliencySide, data: raw }, photo.width, photo.height);
}

function toPlanes({ rgba }: Photo): Float32Array {
  const size = rgba.length / 4;
  let brightest = 1;
  for (let at = 0; at < rgba.length; at++) if (at % 4 < 3) brightest = Math.max(brightest, u8(rgba, at));
  const planes = new Float32Array(3 * size);
  channels.forEach(({ mean, deviation }, channel) => {
    for (let pixel = 0; pixel < size; pixel++)
      planes[channel * size + pixel] = (u8(rgba, pixel * 4 + channel) / brightest - mean) / deviation;
  });
  return planes;
}
