import { globMatcher } from './glob.js';

test.each([
  ['*.jpg', 'a.jpg', true],
  ['*.jpg', 'sub/a.jpg', false],
  ['**/*.jpg', 'a.jpg', true],
  ['**/*.jpg', 'x/y/a.jpg', true],
  ['*.{jpg,png}', 'a.png', true],
  ['*.{jpg,png}', 'a.gif', false],
  ['photo-?.jpg', 'photo-1.jpg', true],
  ['photo-[12].jpg', 'photo-3.jpg', false],
  ['a+b (1).jpg', 'a+b (1).jpg', true],
])('%s and %s: %s', (pattern, path, matches) => {
  expect(globMatcher(pattern).test(path)).toBe(matches);
});
