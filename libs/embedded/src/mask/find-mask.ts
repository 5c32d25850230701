import { u8 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import type { Field } from '../shape/grid.js';
import { areaOf } from '../mesh/trace-lattice.js';
import { cleanSoftMask, type CleanRules } from './clean-mask.js';
import { cutOutByColour } from './cut-out-by-colour.js';
import { cutOutSalient } from './cut-out-salient.js';
import { findSaliency } from './find-saliency.js';

/** Share of the pixels that must be transparent, and share that must be opaque, for alpha to be taken as the mask. */
const alphaShare = 0.005;
const alphaRules: CleanRules = { pieceShare: 0.05, maxPieces: 4, holeShare: 0.002, maxHoles: 8 };

/**
 * Where the objects are: 1 well inside, 0 well outside, the outline at 0.5. The photo's own transparency wins over
 * guessing; guessing asks the saliency model, and colour alone only where that model cannot be loaded. Undefined when
 * there is no outline to trust: a scene.
 */
export async function findMask(photo: Photo): Promise<Field | undefined> {
  const { width, height } = photo;
  const alpha = Float32Array.from(
    { length: width * height },
    (_, pixel) => u8(photo.rgba, pixel * 4 + 3) / 255,
  );
  const opaque = alpha.reduce((count, value) => count + (value >= 0.5 ? 1 : 0), 0) / alpha.length;
  if (opaque < alphaShare) return undefined;
  if (opaque <= 1 - alphaShare) return withBody(cleanSoftMask({ width, height, data: alpha }, alphaRules));
  const saliency = await findSaliency(photo);
  const mask = saliency ? await cutOutSalient(photo, saliency) : await cutOutByColour(photo);
  return mask && withBody(mask);
}

/** Nothing when too little is left to make a body of. */
function withBody(mask: Field): Field | undefined {
  return areaOf(mask) >= alphaShare * mask.data.length ? mask : undefined;
}
