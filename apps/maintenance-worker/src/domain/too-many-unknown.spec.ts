import { tooManyUnknown } from './too-many-unknown.js';

test('a few are always leftovers, many only among very many', () => {
  expect(tooManyUnknown(20, 20)).toBe(false);
  expect(tooManyUnknown(21, 21)).toBe(true);
  expect(tooManyUnknown(21, 210)).toBe(false);
  expect(tooManyUnknown(22, 210)).toBe(true);
});
