import { f32, f64, i32, u8 } from '../typed-access.js';
import { distanceTo } from './distance-to.js';
import { findPieces } from './find-pieces.js';

/** Widest gap that is bridged, as a share of the longer side. */
const widestGap = 0.2;

/**
 * Joins the pieces of a mask to one: a head that a dark collar cut off belongs to its body. Between two pieces the
 * bridge is the lens of points that lie almost on the shortest way; a piece too far from the heaviest, or
 * smaller than two bridges, is dropped.
 */
export function bridgePieces(mask: Uint8Array, width: number, height: number): Uint8Array {
  const { labels, areas, weights } = findPieces(mask, width, height, 1);
  const order = [...weights.keys()].sort((one, other) => f64(weights, other) - f64(weights, one));
  const joined = mask.map((_value, pixel) => (i32(labels, pixel) === order[0] ? 1 : 0));
  for (const piece of order.slice(1)) {
    const toJoined = distanceTo(joined, width, height);
    const toPiece = distanceTo(
      Uint8Array.from(labels, (label) => (label === piece ? 1 : 0)),
      width,
      height,
    );
    const way = toJoined.map((distance, pixel) => distance + f32(toPiece, pixel));
    const gap = way.reduce((least, distance) => Math.min(least, distance), Infinity);
    if (gap > widestGap * Math.max(width, height)) continue;
    const isBridge = (pixel: number): boolean => u8(mask, pixel) === 0 && f32(way, pixel) <= 1.12 * gap + 2;
    if (way.reduce((area, _, pixel) => area + (isBridge(pixel) ? 1 : 0), 0) > f64(areas, piece) / 2) continue;
    joined.forEach((_value, pixel) => {
      if (isBridge(pixel) || i32(labels, pixel) === piece) joined[pixel] = 1;
    });
  }
  return joined;
}
