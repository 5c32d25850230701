import { f32 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import type { Field } from './grid.js';
import { luminanceDetail } from './luminance-detail.js';
import { shapeMargin, withMargin, type Shape } from './shape.js';
import { solvePoisson } from './solve-poisson.js';

/** Height of the front and of the back as shares of the full swelling; 1 would turn a disc into a ball. */
const frontShare = 0.75;
const backShare = 0.5;
/** Relief of the photo's brightness on the front, as a share of the longer side of the grid. */
const detailShare = 0.012;

/** Blows a silhouette up like a cushion: h = 2√u, plus a little of the photo's own relief on the front. */
export function inflate(photo: Photo, silhouette: Field): Shape {
  const mask = withMargin(silhouette, shapeMargin);
  const swelling = solvePoisson(mask);
  const detail = withMargin(luminanceDetail(photo), shapeMargin);
  const amplitude = detailShare * Math.max(photo.width, photo.height);
  const front = swelling.data.map((u, at) => {
    const height = 2 * Math.sqrt(Math.max(u, 0));
    const fade = Math.min(1, height / (6 * amplitude));
    return Math.max(0, frontShare * height + amplitude * fade * f32(detail.data, at)) ** 2;
  });
  const back = swelling.data.map((u) => 4 * backShare * backShare * Math.max(u, 0));
  return { mask, front: { ...mask, data: front }, back: { ...mask, data: back }, margin: shapeMargin };
}
