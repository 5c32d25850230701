import { resizePhoto, type Photo } from '../image/decode-image.js';
import type { Field } from '../shape/grid.js';
import { fitBackdrop } from './fit-backdrop.js';
import { otsuThreshold } from './otsu-threshold.js';
import { resizeField } from './resize-field.js';
import { toRgb, type RgbImage } from './rgb-image.js';

const coarseSide = 176;
/** Median distance in RGB of the photo's border from its backdrop, below which that backdrop counts as plain. */
export const plainError = 12;
/** Distance in RGB from the backdrop that one can see. */
export const visibleDistance = 14;

/** The photo as small as is enough for its backdrop. */
export async function toCoarseRgb(photo: Photo): Promise<RgbImage> {
  const scale = Math.min(1, coarseSide / Math.max(photo.width, photo.height));
  return toRgb(await resizePhoto(photo, Math.ceil(photo.width * scale), Math.ceil(photo.height * scale)));
}

/** Distance in RGB that parts an object from its backdrop. */
export function visibleThreshold(error: number, distance: Float32Array): number {
  return Math.max(visibleDistance, 4 * error, otsuThreshold(distance));
}

/**
 * How much each pixel differs from a plain backdrop: 0 not at all, 0.5 just visibly, 1 clearly. As large as the photo;
 * undefined where the backdrop is not plain.
 */
export async function differFromBackdrop(photo: Photo): Promise<Field | undefined> {
  const coarse = await toCoarseRgb(photo);
  const { error, distance } = fitBackdrop(coarse);
  if (error >= plainError) return undefined;
  const threshold = visibleThreshold(error, distance);
  const data = distance.map((off) => Math.min(1, off / (2 * threshold)));
  return resizeField({ width: coarse.width, height: coarse.height, data }, photo.width, photo.height);
}
