import { getBounds, type Document } from '@gltf-transform/core';
import { ModelRefused } from '../model-refused.js';
import { shownScene } from '../document/open-document.js';

/**
 * Every position is a finite number, and what is shown is more than a point or a line.
 * @throws ModelRefused
 */
export function judgeExtent(document: Document): void {
  for (const mesh of document.getRoot().listMeshes())
    for (const primitive of mesh.listPrimitives())
      if (!primitive.getAttribute('POSITION')?.getArray()?.every(Number.isFinite))
        throw new ModelRefused('quality.invalid', 'A position in the model is missing or no finite number.');
  const { min, max } = getBounds(shownScene(document));
  const sides = min.map((least, axis) => (max[axis] ?? NaN) - least);
  if (sides.filter((side) => side > 0 && Number.isFinite(side)).length < 2)
    throw new ModelRefused(
      'quality.no_extent',
      'The model has no extent: it is a point, a line, or endless.',
    );
}
