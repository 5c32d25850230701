import type { Field } from './grid.js';

/**
 * A closed body over the working grid. Heights are squared, in grid steps², so that a round rim (slope → ∞) still
 * interpolates well. The mask is 0 all along the grid's edge, so the outline always closes.
 */
export interface Shape {
  /** 1 inside, 0 outside, outline at 0.5. */
  readonly mask: Field;
  /** Squared height of the front above the rim's plane. */
  readonly front: Field;
  /** Squared depth of the back below the rim's plane. */
  readonly back: Field;
  /** Grid steps around the photo: photo pixel (0, 0) of the grid-sized photo is (margin, margin) here. */
  readonly margin: number;
}

/** Zero-filled border around every shape, in grid steps. */
export const shapeMargin = 3;

/** Whether the body goes on around the photo. */
export const hasFrame = ({ margin }: Shape): boolean => margin > shapeMargin;

/** The field with a border of zeros. */
export function withMargin({ width, height, data }: Field, margin: number): Field {
  const wide = width + 2 * margin;
  const padded = new Float32Array(wide * (height + 2 * margin));
  for (let y = 0; y < height; y++) {
    padded.set(data.subarray(y * width, (y + 1) * width), (y + margin) * wide + margin);
  }
  return { width: wide, height: height + 2 * margin, data: padded };
}
