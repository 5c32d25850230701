import { weldVertices } from './weld-vertices.js';

test('joins what is equal in every attribute, to the first of its kind', () => {
  const positions = Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0);
  const colours = Uint8Array.of(1, 2, 3, 4, 1, 2);
  expect([...weldVertices([positions], 5)]).toEqual([0, 1, 0, 1, 0]);
  expect([...weldVertices([positions, Uint8Array.of(1, 1, 2, 1, 1)], 5)]).toEqual([0, 1, 2, 1, 0]);
  expect([...weldVertices([colours], 3)]).toEqual([0, 1, 0]);
});

test('reads only the part of a buffer that is an attribute', () => {
  const all = Float32Array.of(9, 1, 2, 1, 8);
  expect([...weldVertices([all.subarray(1, 4)], 3)]).toEqual([0, 1, 0]);
});

test('finds every pair among many vertices', () => {
  const values = Float32Array.from({ length: 20_000 }, (_, at) => at % 10_000);
  const first = weldVertices([values], 20_000);
  expect(first.every((to, vertex) => to === vertex % 10_000)).toBe(true);
});
