import { f64, i32, u8 } from '../typed-access.js';
import type { Field } from '../shape/grid.js';
import { findPieces } from './find-pieces.js';

export interface CleanRules {
  /** A piece stays when its weight (its area, central pixels counting more) reaches this share of the heaviest. */
  readonly pieceShare: number;
  readonly maxPieces: number;
  /** A hole stays when its area reaches this share of the mask's. */
  readonly holeShare: number;
  readonly maxHoles: number;
}

/** Keeps the few largest pieces of a mask (1 inside, 0 outside) and fills all but its few largest holes. */
export function cleanMask(mask: Uint8Array, width: number, height: number, rules: CleanRules): Uint8Array {
  const kept = keepPieces(mask, width, height, rules);
  const area = kept.reduce((sum, value) => sum + value, 0);
  const gaps = findPieces(kept, width, height, 0);
  const holes = [...gaps.areas.keys()].filter((piece) => !gaps.touchesBorder.has(piece));
  const largest = holes
    .filter((piece) => f64(gaps.areas, piece) >= area * rules.holeShare)
    .sort((one, other) => f64(gaps.areas, other) - f64(gaps.areas, one))
    .slice(0, rules.maxHoles);
  const filled = new Set(holes.filter((piece) => !largest.includes(piece)));
  return kept.map((value, pixel) => (filled.has(i32(gaps.labels, pixel)) ? 1 : value));
}

function keepPieces(mask: Uint8Array, width: number, height: number, rules: CleanRules): Uint8Array {
  const { labels, weights } = findPieces(mask, width, height, 1);
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const order = [...weights.keys()]
    .filter((piece) => f64(weights, piece) >= heaviest * rules.pieceShare)
    .sort((one, other) => f64(weights, other) - f64(weights, one));
  const kept = new Set(order.slice(0, rules.maxPieces));
  return mask.map((_value, pixel) => (kept.has(i32(labels, pixel)) ? 1 : 0));
}

/** The same for a soft mask with its outline at 0.5: values change only where cleaning takes a pixel to the other side. */
export function cleanSoftMask({ width, height, data }: Field, rules: CleanRules): Field {
  const cleaned = cleanMask(
    Uint8Array.from(data, (value) => (value > 0.5 ? 1 : 0)),
    width,
    height,
    rules,
  );
  const settled = data.map((value, pixel) =>
    value > 0.5 === (u8(cleaned, pixel) === 1) ? value : u8(cleaned, pixel),
  );
  return { width, height, data: settled };
}
