import { u8 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { blur, type Field } from '../shape/grid.js';
import { bridgePieces } from './bridge-pieces.js';
import { cleanMask, cleanSoftMask, type CleanRules } from './clean-mask.js';
import { fitBackdrop, type Backdrop } from './fit-backdrop.js';
import { belief, grabCut } from './grab-cut.js';
import { judgeMask } from './judge-mask.js';
import { loadOpenCv, type OpenCv } from './opencv.js';
import { plainError, toCoarseRgb, visibleDistance, visibleThreshold } from './plain-backdrop.js';
import { toRgb, type RgbImage } from './rgb-image.js';

/** Share of the photo that an object in front of a plain backdrop must cover. */
const smallestObject = 0.015;
/** Smooths the pixel stairs of an outline; grid steps. */
const outlineBlur = 1.2;
/** Against a plain backdrop a hole shows that backdrop; elsewhere a small hole is more likely a mistake. */
const plainRules: CleanRules = { pieceShare: 0.08, maxPieces: 3, holeShare: 0.006, maxHoles: 6 };
const busyRules: CleanRules = { ...plainRules, holeShare: 0.2 };

/**
 * Separates the object from its background: 1 inside, 0 outside, the outline smooth and at 0.5.
 * Two ideas are tried in turn, a plain backdrop and "what is framed differs from the frame".
 * Nothing comes back when neither gives an outline one would believe.
 */
export async function cutOutByColour(photo: Photo): Promise<Field | undefined> {
  const { cv } = await loadOpenCv();
  const coarse = await toCoarseRgb(photo);
  const fine = toRgb(photo);
  const backdrop = fitBackdrop(coarse);
  if (shareBeyond(backdrop.distance, visibleDistance) < smallestObject) return undefined;
  if (backdrop.error < plainError) {
    const mask = refine(cv, fine, coarse, againstBackdrop(cv, backdrop), plainRules);
    if (isBelievable(mask, fine, smallestObject, 0.6)) return mask;
  }
  const mask = refine(cv, fine, coarse, againstFrame(cv, coarse), busyRules);
  return isBelievable(mask, fine, 0.08, 0.6) ? mask : undefined;
}

function shareBeyond(values: Float32Array, threshold: number): number {
  return values.reduce((count, value) => count + (value > threshold ? 1 : 0), 0) / values.length;
}

function isBelievable({ data }: Field, image: RgbImage, minCoverage: number, minEdge: number): boolean {
  const { coverage, edge } = judgeMask(
    Uint8Array.from(data, (value) => (value > 0.5 ? 1 : 0)),
    image,
  );
  return coverage >= minCoverage && coverage <= 0.9 && edge >= minEdge;
}

function againstBackdrop(cv: OpenCv, { error, distance, flattened }: Backdrop): Uint8Array {
  const threshold = visibleThreshold(error, distance);
  const beliefs = Uint8Array.from(distance, (off) =>
    off > threshold ? belief.maybeFront : belief.maybeBack,
  );
  return grabCut(cv, flattened, beliefs, 2);
}

/** Learns the background from a frame of 5 %, then lets the object grow into that frame. */
function againstFrame(cv: OpenCv, image: RgbImage): Uint8Array {
  const { width, height } = image;
  const [bandX, bandY] = [Math.ceil(width * 0.05), Math.ceil(height * 0.05)];
  const isWithin = (pixel: number, dx: number, dy: number): boolean => {
    const x = pixel % width;
    const y = Math.floor(pixel / width);
    return x >= dx && x < width - dx && y >= dy && y < height - dy;
  };
  const framed = new Uint8Array(width * height).map((_, pixel) =>
    isWithin(pixel, bandX, bandY) ? belief.maybeFront : belief.surelyBack,
  );
  const first = grabCut(cv, image, framed, 5);
  const relaxed = first.map((value, pixel) => {
    const isOuter = !isWithin(pixel, 1, 1) && pixel < width * (height - 1);
    return value === belief.surelyBack && !isOuter ? belief.maybeBack : value;
  });
  return grabCut(cv, image, relaxed, 2);
}

/** Cleans the coarse cut and lets one more round at full size decide about the pixels near its outline. */
function refine(cv: OpenCv, fine: RgbImage, coarse: RgbImage, beliefs: Uint8Array, rules: CleanRules): Field {
  const { width, height } = coarse;
  const cleaned = cleanMask(
    beliefs.map((value) => value & 1),
    width,
    height,
    rules,
  );
  const cut = bridgePieces(cleaned, width, height);
  const coarseAt = (x: number, y: number): number => {
    const cx = Math.min(coarse.width - 1, Math.max(0, Math.floor(((x + 0.5) * coarse.width) / fine.width)));
    const cy = Math.min(
      coarse.height - 1,
      Math.max(0, Math.floor(((y + 0.5) * coarse.height) / fine.height)),
    );
    return u8(cut, cy * coarse.width + cx);
  };
  const trimap = new Uint8Array(fine.width * fine.height).map((_, pixel) => {
    const x = pixel % fine.width;
    const y = Math.floor(pixel / fine.width);
    const here = coarseAt(x, y);
    const near = [coarseAt(x - 4, y), coarseAt(x + 4, y), coarseAt(x, y - 4), coarseAt(x, y + 4)];
    const isSure = near.every((value) => value === here);
    return isSure ? here : here === 1 ? belief.maybeFront : belief.maybeBack;
  });
  const refined = Float32Array.from(grabCut(cv, fine, trimap, 1), (value) => value & 1);
  return cleanSoftMask(blur({ width: fine.width, height: fine.height, data: refined }, outlineBlur), rules);
}
