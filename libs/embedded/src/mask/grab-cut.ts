import type { OpenCv } from './opencv.js';
import type { RgbImage } from './rgb-image.js';

/** What is believed of a pixel: the numbers are OpenCV's. */
export const belief = { surelyBack: 0, surelyFront: 1, maybeBack: 2, maybeFront: 3 } as const;

/**
 * Runs GrabCut from the given beliefs. Seeded before each run, so the same pixels give the same beliefs, whatever ran
 * before. Without any pixel of one side there is nothing to learn from: the beliefs come back unchanged.
 */
export function grabCut(cv: OpenCv, image: RgbImage, beliefs: Uint8Array, rounds: number): Uint8Array {
  const fronts = beliefs.reduce((count, value) => count + (value & 1), 0);
  if (fronts === 0 || fronts === beliefs.length) return beliefs;
  const pixels = new cv.Mat(image.height, image.width, cv.CV_8UC3);
  const mask = new cv.Mat(image.height, image.width, cv.CV_8UC1);
  const models = [new cv.Mat(), new cv.Mat()] as const;
  try {
    pixels.data.set(image.rgb);
    mask.data.set(beliefs);
    cv.setRNGSeed(1);
    cv.grabCut(pixels, mask, new cv.Rect(0, 0, 1, 1), ...models, rounds, cv.GC_INIT_WITH_MASK);
    return Uint8Array.from(mask.data);
  } finally {
    for (const mat of [pixels, mask, ...models]) mat.delete();
  }
}
