import { marchSquares } from './march-squares.js';
import { faceCount, nextCorner, type Mesh } from './mesh.js';
import { simplifyMesh } from './simplify-mesh.js';
import { splitSheets } from './split-sheets.js';
import { newField } from '../shape/grid.js';
import type { Shape } from '../shape/shape.js';

/** A shape from numbers that look random: many pieces, holes and corners that touch. */
function wildShape(seed: number): Shape {
  const [mask, height] = [newField(40, 40), newField(40, 40)];
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
  for (let y = 2; y < 38; y++) {
    for (let x = 2; x < 38; x++) {
      mask.data[y * 40 + x] = next();
      height.data[y * 40 + x] = 4 * next() ** 4;
    }
  }
  return { mask, front: height, back: height, margin: 2 };
}

/** Edges that are not shared by exactly two faces in opposite directions. */
function openEdges({ indices }: Mesh): number {
  const counts = new Map<string, number>();
  indices.forEach((from, corner) => {
    const key = `${from} ${indices[nextCorner(corner)]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return [...counts].filter(
    ([key, count]) => count !== 1 || counts.get(key.split(' ').reverse().join(' ')) !== 1,
  ).length;
}

describe.each([1, 2, 3])('wild shape %d', (seed) => {
  test.each([1.1, 2.3])('is closed and manifold at step %d, and stays so', (step) => {
    const raw = marchSquares(wildShape(seed), step);
    expect(openEdges(raw)).toBe(0);
    for (const share of [0.7, 0.3]) {
      const limit = Math.round(faceCount(raw) * share);
      const mesh = simplifyMesh(raw, limit);
      expect(openEdges(mesh)).toBe(0);
      expect(limit - faceCount(mesh)).toBe(limit % 2);
    }
    expect(openEdges(simplifyMesh(raw, 4))).toBe(0);
  });

  test('the rim goes on parting front and back in the plane z = 0', () => {
    const raw = marchSquares(wildShape(seed), 1.1);
    const mesh = simplifyMesh(raw, Math.round(faceCount(raw) * 0.3));
    const { isCut, sources } = splitSheets(mesh);
    const off = sources.filter((vertex, at) => isCut[at] === 1 && mesh.positions[vertex * 3 + 2] !== 0);
    expect(off).toHaveLength(0);
  });
});
