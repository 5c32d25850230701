import { newField, sample, type Field } from '../shape/grid.js';

/** The field stretched to another size, bilinearly. */
export function resizeField(field: Field, width: number, height: number): Field {
  const resized = newField(width, height);
  for (let y = 0; y < height; y++) {
    const fromY = ((y + 0.5) * field.height) / height - 0.5;
    for (let x = 0; x < width; x++)
      resized.data[y * width + x] = sample(field, ((x + 0.5) * field.width) / width - 0.5, fromY);
  }
  return resized;
}
