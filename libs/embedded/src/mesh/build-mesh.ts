import type { Shape } from '../shape/shape.js';
import { keepPieces } from './keep-pieces.js';
import { marchSquares } from './march-squares.js';
import { faceCount, type Mesh } from './mesh.js';
import { simplifyMesh } from './simplify-mesh.js';
import { areaOf, boundsOf } from './trace-lattice.js';

/** Few faces start from at least this many, so that a rough model still follows the outline. */
const minRawFaces = 12_000;
/** Bounds time and memory (about 120 MB) for thin shapes in a large box; those may get fewer faces than asked for. */
const maxLatticePoints = 8_000_000;

/**
 * The closed mesh of a shape with `faceLimit` faces, one less for odd limits. Undefined when the shape's pieces and
 * holes need more faces than that.
 */
export function buildMesh(shape: Shape, faceLimit: number): Mesh | undefined {
  const { left, top, right, bottom } = boundsOf(shape.mask);
  const finestStep = Math.sqrt(((right - left) * (bottom - top)) / maxLatticePoints);
  const [share, maxPieces] = piecesFor(faceLimit);
  const rawFaces = Math.max(minRawFaces, rawFactor(faceLimit) * faceLimit);
  let step = Math.max(finestStep, Math.sqrt((4 * areaOf(shape.mask)) / rawFaces));
  let raw = keepPieces(marchSquares(shape, step), share, maxPieces);
  while (faceCount(raw) < faceLimit && step > finestStep) {
    step = Math.max(finestStep, step * 0.9);
    raw = keepPieces(marchSquares(shape, step), share, maxPieces);
  }
  const mesh = simplifyMesh(raw, faceLimit);
  return faceCount(mesh) <= faceLimit ? mesh : undefined;
}

/** Least share of the largest piece's faces that a piece needs to stay, and how many may stay. */
function piecesFor(faceLimit: number): [share: number, maxPieces: number] {
  if (faceLimit < 1000) return [0.2, 2];
  return faceLimit < 10_000 ? [0.02, 4] : [0.004, 32];
}

/** Raw faces for each wanted face: 3, and less for the largest models, whose detail is beyond the photo's anyway. */
function rawFactor(faceLimit: number): number {
  return Math.max(1.25, 3 - (1.75 * Math.max(0, faceLimit - 100_000)) / 400_000);
}
