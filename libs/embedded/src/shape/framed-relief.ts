import { f32 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { newField, type Field } from './grid.js';
import { luminanceDetail } from './luminance-detail.js';
import { shapeMargin, withMargin, type Shape } from './shape.js';

/** All as shares of the longer side of the grid. */
const thickness = 0.03;
const frameWidth = 0.03;
const frameHeight = 0.022;
const domeHeight = 0.07;
const detailHeight = 0.02;

/** The whole photo as a plaque: flat back, raised frame, and inside it a shallow dome with the photo's relief. */
export function framedRelief(photo: Photo): Shape {
  const { width, height } = photo;
  const size = Math.max(width, height);
  const detail = luminanceDetail(photo);
  const [mask, front, back] = [newField(width, height), newField(width, height), newField(width, height)];
  const frame = Math.min(frameWidth * size, Math.min(width, height) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const inset = Math.min(x, y, width - 1 - x, height - 1 - y) + 0.5;
      const within = smoothStep((inset - frame) / frame);
      const dome =
        domeHeight * Math.sin((Math.PI * (x + 0.5)) / width) * Math.sin((Math.PI * (y + 0.5)) / height);
      const relief = within * (dome + detailHeight * f32(detail.data, at));
      const raised = thickness + Math.max(frameHeight * (1 - within), 0) + relief;
      const edge = Math.sqrt(Math.min(1, inset / (0.4 * frame + 1)));
      mask.data[at] = 1;
      front.data[at] = (size * raised * edge) ** 2;
      back.data[at] = (size * thickness * edge) ** 2;
    }
  }
  const pad = (field: Field): Field => withMargin(field, shapeMargin);
  return { mask: pad(mask), front: pad(front), back: pad(back), margin: shapeMargin };
}

function smoothStep(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}
