import { f32, u8 } from '../typed-access.js';
import { blur, sample } from '../shape/grid.js';
import type { RgbImage } from './rgb-image.js';

/** What tells a cut-out that follows the object from one that does not. */
export interface MaskQuality {
  /** Share of the photo inside the mask, 0 … 1. */
  readonly coverage: number;
  /** Share of the mask's outline, where it is not the photo's edge, that runs along a visible change of colour. */
  readonly edge: number;
  /** Share of the photo's own edge that lies inside the mask. */
  readonly border: number;
}

const reach = 3;
const visibleChange = 22;

export function judgeMask(mask: Uint8Array, image: RgbImage): MaskQuality {
  const { width, height } = image;
  const soft = blur({ width, height, data: Float32Array.from(mask) }, 2);
  let inside = 0;
  let bordering = 0;
  let outline = 0;
  let visible = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (u8(mask, at) === 0) continue;
      inside++;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) bordering++;
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
      const isInner = u8(mask, at - 1) & u8(mask, at + 1) & u8(mask, at - width) & u8(mask, at + width);
      if (isInner) continue;
      outline++;
      const dx = f32(soft.data, at + 1) - f32(soft.data, at - 1);
      const dy = sample(soft, x, y + 1) - sample(soft, x, y - 1);
      if (changeAcross(image, x, y, dx, dy) > visibleChange) visible++;
    }
  }
  return {
    coverage: inside / mask.length,
    edge: outline === 0 ? 0 : visible / outline,
    border: bordering / (2 * (width + height) - 4),
  };
}

/** Distance in RGB between the two pixels `reach` steps before and behind (x, y), seen along (dx, dy). */
function changeAcross(
  { width, height, rgb }: RgbImage,
  x: number,
  y: number,
  dx: number,
  dy: number,
): number {
  const length = Math.hypot(dx, dy) || 1;
  const pixelAt = (side: number): number => {
    const px = Math.min(width - 1, Math.max(0, Math.round(x + (side * reach * dx) / length)));
    const py = Math.min(height - 1, Math.max(0, Math.round(y + (side * reach * dy) / length)));
    return 3 * (py * width + px);
  };
  const [one, other] = [pixelAt(1), pixelAt(-1)];
  const off = (channel: number): number => u8(rgb, one + channel) - u8(rgb, other + channel);
  return Math.hypot(off(0), off(1), off(2));
}
