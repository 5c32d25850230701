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

/** Texels of the back for one of the front, along one side: its picture is blurred. */
const backScale = 1 / 2;
/** Grid steps around the object. */
const surround = 3;
/** Texels for one photo pixel along one side, if there is room: steep sides take theirs from the middle. */
const oversampling = 1.25;
const smallestSide = 64;

/**
 * The smallest texture, its sides powers of two of at most `maxSide`, that shows the object with about one texel for each
 * photo pixel; the back beside the front or below it. Both rectangles keep the grid's proportions.
 */
export function layOutTexture(shape: Shape, photo: Photo, maxSide: number): TextureLayout {
  const { left, top, right, bottom } = boundsOf(shape.mask);
  const crop = {
    left: left - surround,
    top: top - surround,
    right: right + surround,
    bottom: bottom + surround,
  };
  const photoScale = Math.max(
    photo.width / (shape.mask.width - 2 * shape.margin),
    photo.height / (shape.mask.height - 2 * shape.margin),
  );
  const candidates = sidesUpTo(maxSide).flatMap((width) =>
    sidesUpTo(maxSide).flatMap((height) => [
      place(crop, width, height, true),
      place(crop, width, height, false),
    ]),
  );
  const enough = Math.min(photoScale * oversampling * 0.8, Math.max(...candidates.map(({ scale }) => scale)));
  const fitting = candidates.filter(({ scale }) => scale >= enough);
  const [best] = fitting.sort(
    (one, other) => areaOf(one.layout) - areaOf(other.layout) || other.scale - one.scale,
  );
  if (!best) throw new RangeError(`No texture fits into ${maxSide} texels a side.`);
  return best.layout;
}

const areaOf = ({ width, height }: TextureLayout): number => width * height;

function sidesUpTo(maxSide: number): number[] {
  const sides = [];
  for (let side = smallestSide; side <= maxSide; side *= 2) sides.push(side);
  return sides;
}

/** Front and back on a texture of this size, as large as they can be, and their texels for each grid step. */
function place(
  crop: Bounds,
  width: number,
  height: number,
  isBeside: boolean,
): { readonly layout: TextureLayout; readonly scale: number } {
  const [wide, high] = [crop.right - crop.left, crop.bottom - crop.top];
  const scale = isBeside
    ? Math.min(width / (wide * (1 + backScale)), height / high)
    : Math.min(width / wide, height / (high * (1 + backScale)));
  const front = { x: 0, y: 0, width: wide * scale, height: high * scale };
  const back = {
    x: isBeside ? front.width : 0,
    y: isBeside ? 0 : front.height,
    width: front.width * backScale,
    height: front.height * backScale,
  };
  return { layout: { width, height, front, back, crop }, scale };
}

/** Where a place of the grid (grid steps, y down) lies on the texture, in texels. */
export function projectTo(rect: Rect, crop: Bounds, x: number, y: number): { x: number; y: number } {
  return {
    x: rect.x + ((x - crop.left) / (crop.right - crop.left)) * rect.width,
    y: rect.y + ((y - crop.top) / (crop.bottom - crop.top)) * rect.height,
  };
}
