import type { Photo } from '../image/decode-image.js';
import { boundsOf, type Bounds } from '../mesh/trace-lattice.js';
import type { Shape } from '../shape/shape.js';

/** A rectangle of the texture, in texels from its top left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the front and the back lie on the texture. Both show the same part of the grid, seen from the front. */
export interface TextureLayout {
  readonly width: number;
  readonly height: number;
  readonly front: Rect;
  readonly back: Rect;
  /** The part of the grid (margin included, grid steps) that each rectangle shows. */
  readonly crop: Bounds;
}

/** Share of the texture that the back gets: its picture is blurred. */
const backShare = 1 / 8;

/**
 * Powers of two as sides, each at most `maxSide`, with about one texel for each photo pixel of the object. The
 * rectangles lie side by side, or one above the other for a wide object.
 */
export function layOutTexture(shape: Shape, photo: Photo, maxSide: number): TextureLayout {
  const bounds = boundsOf(shape.mask);
  const crop = {
    left: bounds.left - 2,
    top: bounds.top - 2,
    right: bounds.right + 2,
    bottom: bounds.bottom + 2,
  };
  const gridWidth = shape.mask.width - 2 * shape.margin;
  const gridHeight = shape.mask.height - 2 * shape.margin;
  const wanted = {
    width: ((crop.right - crop.left) * photo.width) / gridWidth,
    height: ((crop.bottom - crop.top) * photo.height) / gridHeight,
  };
  const isTall = wanted.height >= wanted.width;
  const width = powerOfTwo(wanted.width * (isTall ? 1 + backShare : 1), maxSide);
  const height = powerOfTwo(wanted.height * (isTall ? 1 : 1 + backShare), maxSide);
  const [backWidth, backHeight] = isTall ? [width * backShare, height] : [width, height * backShare];
  const split = isTall ? { x: width - backWidth, y: 0 } : { x: 0, y: height - backHeight };
  return {
    width,
    height,
    front: { x: 0, y: 0, width: isTall ? split.x : width, height: isTall ? height : split.y },
    back: { ...split, width: backWidth, height: backHeight },
    crop,
  };
}

/** The power of two that enlarges or, by a fifth at most, shrinks the wanted side; 64 … max. */
function powerOfTwo(wanted: number, max: number): number {
  return Math.min(max, Math.max(64, 2 ** Math.ceil(Math.log2(wanted * 0.8))));
}
