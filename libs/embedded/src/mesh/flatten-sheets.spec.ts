import { drawMask, drawPhoto } from '../../test/drawings.js';
import { inflate } from '../shape/inflate.js';
import type { Shape } from '../shape/shape.js';
import { layOutTexture } from '../texture/texture-layout.js';
import { buildMesh } from './build-mesh.js';
import { buildSurface, type Surface } from './build-surface.js';
import { flattenSheets } from './flatten-sheets.js';
import { measureStretch } from './measure-stretch.js';
import type { Mesh } from './mesh.js';
import { splitSheets } from './split-sheets.js';

const photo = drawPhoto(120, 120, (x, y) => [100 + (x % 40), 90 + (y % 60), 80]);
const silhouettes = {
  disc: drawMask(120, 120, (x, y) => Math.hypot(x - 60, y - 60) < 50),
  ring: drawMask(120, 120, (x, y) => Math.abs(Math.hypot(x - 60, y - 60) - 35) < 12),
  'bust, cut by the frame': drawMask(
    120,
    120,
    (x, y) => Math.hypot(x - 60, y - 45) < 25 || (y > 60 && Math.abs(x - 60) < 45),
  ),
  comb: drawMask(
    120,
    120,
    (x, y) => Math.abs(x - 60) < 45 && (Math.abs(y - 25) < 10 || (y > 25 && y < 105 && x % 16 < 7)),
  ),
};

function build(shape: Shape): { mesh: Mesh; flat: Float64Array; surface: Surface } {
  const mesh = buildMesh(shape, 6000);
  if (!mesh) throw new Error('no mesh');
  const sheets = splitSheets(mesh);
  const flat = flattenSheets(mesh, sheets);
  const layout = layOutTexture(shape, photo, 1024);
  const surface = buildSurface(mesh, { sheets, flat, layout });
  return { mesh, flat, surface };
}

describe.each(Object.entries(silhouettes))('%s', (_name, silhouette) => {
  const { mesh, flat, surface } = build(inflate(photo, silhouette));
  const sheets = splitSheets(mesh);

  test('hardly any face is stretched over 5, and far fewer than by plain projection', () => {
    const share = (texels: Float64Array): number =>
      measureStretch(surface.positions, texels, sheets.indices).filter((stretch) => stretch > 5).length /
      (sheets.indices.length / 3);
    const projected = Float64Array.from(
      flat,
      (_, at) => mesh.positions[(sheets.sources[at >> 1] ?? 0) * 3 + (at & 1)] ?? 0,
    );
    expect(share(flat)).toBeLessThan(0.01);
    expect(share(flat)).toBeLessThan(0.2 * share(projected));
  });

  test('the cut stays where the viewer sees it', () => {
    sheets.isCut.forEach((isCut, vertex) => {
      if (isCut === 0) return;
      const source = (sheets.sources[vertex] ?? 0) * 3;
      expect([flat[vertex * 2], flat[vertex * 2 + 1]]).toEqual([
        mesh.positions[source],
        mesh.positions[source + 1],
      ]);
      expect(mesh.positions[source + 2]).toBe(0);
    });
  });

  test('both copies of a seam vertex have one normal, and it lies in the plane of the rim', () => {
    const normals = new Map<number, number[]>();
    let twice = 0;
    sheets.sources.forEach((source, vertex) => {
      const normal = [...surface.normals.subarray(vertex * 3, vertex * 3 + 3)];
      const other = normals.get(source);
      if (other) {
        expect(normal).toEqual(other);
        expect(Math.abs(normal[2] ?? 1)).toBeLessThan(0.05);
        twice++;
      }
      normals.set(source, normal);
    });
    expect(twice).toBeGreaterThan(50);
  });
});
