import { triangleList } from './triangle-list.js';

test.each([
  ['list', 4, [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5]],
  ['strip', 5, [7, 8, 9, 10, 11], [7, 8, 9, 8, 10, 9, 9, 10, 11]],
  ['fan', 6, [7, 8, 9, 10], [8, 9, 7, 9, 10, 7]],
  ['strip of two corners', 5, [1, 2], []],
])('%s', (_, mode, corners, triangles) => {
  expect([...triangleList(Uint32Array.from(corners), mode)]).toEqual(triangles);
});
