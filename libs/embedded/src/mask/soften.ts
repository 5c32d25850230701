import { f32 } from '../typed-access.js';
import { newField, type Field } from '../shape/grid.js';

/** A binomial 5 × 5 window: takes the pixel stairs off an outline and leaves lines of two pixels standing. */
export function soften(field: Field): Field {
  return softenLines(softenLines(field, 1, 0), 0, 1);
}

function softenLines({ width, height, data }: Field, dx: number, dy: number): Field {
  const to = newField(width, height);
  const at = (x: number, y: number): number =>
    f32(data, Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const near = at(x - dx, y - dy) + at(x + dx, y + dy);
      const far = at(x - 2 * dx, y - 2 * dy) + at(x + 2 * dx, y + 2 * dy);
      to.data[y * width + x] = (6 * at(x, y) + 4 * near + far) / 16;
    }
  }
  return to;
}
