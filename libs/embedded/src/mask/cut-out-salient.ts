import { f32 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import type { Field } from '../shape/grid.js';
import { cleanSoftMask, type CleanRules } from './clean-mask.js';
import { guidedFilter } from './guided-filter.js';
import { judgeMask, type MaskQuality } from './judge-mask.js';
import { differFromBackdrop } from './plain-backdrop.js';
import { toRgb, type RgbImage } from './rgb-image.js';
import { soften } from './soften.js';

/** Windows of the filter that moves the outline to edges, as a share of the longer side: wide ones swallow thin parts. */
const windowShare = 1 / 96;
const flatVariance = 1e-4;
/** Several things may lie side by side; holes (a handle, the gaps of a chair) are real where the model sees them. */
const busyRules: CleanRules = { pieceShare: 0.03, maxPieces: 24, holeShare: 0.006, maxHoles: 16 };
/** A plain backdrop shows through even small ones. */
const plainRules: CleanRules = { ...busyRules, holeShare: 0.0015 };
/** Mean saliency inside the outline: the model is sure of objects (0.91 and more), of a scene's parts it is not. */
const leastCertainty = 0.87;
/** How far a plain backdrop may move a saliency of 0.5, to both sides; certain ones hardly move. */
const backdropWeight = 0.45;

/** Porcelain on grey shows its outline in part only, so a sure saliency needs few visible edges. */
const isSalientMask = ({ coverage, edge }: MaskQuality): boolean =>
  coverage >= 0.006 && coverage <= 0.95 && edge >= 0.3;
/** Without saliency only something that stands free in front of its backdrop counts: no horizon, no stripes. */
const isPlainMask = ({ coverage, edge, border }: MaskQuality): boolean =>
  coverage >= 0.015 && coverage <= 0.7 && edge >= 0.8 && border <= 0.08;

/**
 * The salient objects with their outlines on the photo's edges; else what stands out from a plain backdrop; undefined
 * when neither gives an outline to believe.
 */
export async function cutOutSalient(photo: Photo, saliency: Field): Promise<Field | undefined> {
  const image = toRgb(photo);
  const difference = await differFromBackdrop(photo);
  if (certaintyOf(saliency) >= leastCertainty) {
    const mask = difference
      ? snapToEdges(weigh(saliency, difference), image, plainRules)
      : snapToEdges(saliency, image, busyRules);
    if (isSalientMask(qualityOf(mask, image))) return mask;
  }
  const mask = difference && snapToEdges(difference, image, plainRules);
  return mask && isPlainMask(qualityOf(mask, image)) ? mask : undefined;
}

/** Where saliency is unsure, being different from a plain backdrop counts for, looking like it against the object. */
function weigh(saliency: Field, difference: Field): Field {
  const data = saliency.data.map((value, pixel) => {
    const doubt = 4 * value * (1 - value);
    return value + backdropWeight * doubt * (2 * f32(difference.data, pixel) - 1);
  });
  return { ...saliency, data };
}

function snapToEdges(field: Field, image: RgbImage, rules: CleanRules): Field {
  const radius = Math.max(2, Math.round(windowShare * Math.max(image.width, image.height)));
  return cleanSoftMask(soften(guidedFilter(field, image, { radius, flatVariance })), rules);
}

function qualityOf({ data }: Field, image: RgbImage): MaskQuality {
  return judgeMask(
    Uint8Array.from(data, (value) => (value > 0.5 ? 1 : 0)),
    image,
  );
}

function certaintyOf({ data }: Field): number {
  let [sum, count] = [0, 0];
  for (const value of data) {
    if (value <= 0.5) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
