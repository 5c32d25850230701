import { f32 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { boundsOf } from '../mesh/trace-lattice.js';
import { newField, type Field } from './grid.js';
import { photoRelief } from './photo-relief.js';
import { shapeMargin, withMargin, type Shape } from './shape.js';
import { solveMembrane } from './solve-membrane.js';

/** Height of the front and of the back as shares of the full swelling, which turns a disc into a ball. */
const frontShare = 0.76;
const backShare = 0.52;
/** Heights approach this share of the object's longer side, however wide it is. */
const mostHeight = 0.55;
/** How far an object that the photo's frame cuts off seems to go on, as a share of its longer side. */
const beyondFrame = 0.12;
/** Rounding of the edge where the frame cuts, as a share of the object's longer side. */
const cutRadius = 0.05;
/** Height of the photo's relief, for each unit of log brightness, as a share of the object's longer side. */
const reliefShare = 0.04;

/**
 * A body with round sides from its silhouette: a membrane under even pressure swells to u, and h = 2√u stands upright on
 * the rim, makes a ball of a disc and a nearly round bar of a strip. The photo's shading is laid over the front. Where
 * the photo's frame cuts the object, it ends in a flat side with a rounded edge instead of running out to nothing.
 */
export function inflate(photo: Photo, silhouette: Field): Shape {
  const { left, top, right, bottom } = boundsOf(silhouette);
  const size = Math.max(right - left, bottom - top);
  const swelling = swell(silhouette, size);
  const relief = photoRelief(photo, silhouette, size);
  const [front, back] = [newField(photo.width, photo.height), newField(photo.width, photo.height)];
  for (let at = 0; at < swelling.data.length; at++) {
    const height = f32(swelling.data, at);
    const fade = 1 - Math.exp(-height / (2.5 * reliefShare * size));
    const detail = reliefShare * size * fade * f32(relief.data, at);
    front.data[at] = Math.max(0.3 * frontShare * height, frontShare * height + detail) ** 2;
    back.data[at] = (backShare * height) ** 2;
  }
  const pad = (field: Field): Field => withMargin(field, shapeMargin);
  return { mask: pad(silhouette), front: pad(front), back: pad(back), margin: shapeMargin };
}

/** Full swelling in grid steps: of a disc, a half ball. */
function swell(mask: Field, size: number): Field {
  const { width, height } = mask;
  const load = { width, height, data: new Float32Array(width * height).fill(1) };
  const membrane = solveMembrane({ mask, load, stiffness: 0, edgeLength: beyondFrame * size });
  const limit = mostHeight * size;
  const data = membrane.data.map((value, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const inset = Math.min(x, y, width - 1 - x, height - 1 - y) + 0.5;
    const open = 1 - Math.min(1, inset / (cutRadius * size));
    const swollen = 2 * Math.sqrt(Math.max(0, value));
    return (swollen / (1 + (swollen / limit) ** 4) ** 0.25) * Math.sqrt(1 - open * open);
  });
  return { width, height, data };
}
