import { measureStretch } from './measure-stretch.js';

/** Two triangles, one unit square each half, at z = x · slope. */
const square = (slope: number): Float32Array => Float32Array.of(0, 0, 0, 1, 0, slope, 1, 1, slope, 0, 1, 0);
const indices = Uint32Array.of(0, 1, 2, 0, 2, 3);

test('an even texture has stretch 1, whatever its scale and turn', () => {
  const turned = Float64Array.of(0, 0, 30, 40, -10, 70, -40, 30);
  for (const stretch of measureStretch(square(0), turned, indices)) expect(stretch).toBeCloseTo(1, 9);
});

test('a texture squeezed to a tenth of its width is stretched by √10', () => {
  const squeezed = Float64Array.of(0, 0, 1, 0, 1, 10, 0, 10);
  for (const stretch of measureStretch(square(0), squeezed, indices)) {
    expect(stretch).toBeCloseTo(Math.sqrt(10), 9);
  }
});

test('what is steep in the projection is stretched, and a face without texture infinitely so', () => {
  const seen = Float64Array.of(0, 0, 1, 0, 1, 1, 0, 1);
  const [steep = 0] = measureStretch(square(Math.sqrt(99)), seen, indices);
  expect(steep).toBeCloseTo(10 / Math.sqrt(10), 6);
  expect(measureStretch(square(0), Float64Array.of(0, 0, 1, 0, 2, 0, 0, 1), indices)[0]).toBe(Infinity);
});
