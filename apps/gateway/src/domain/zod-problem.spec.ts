import { pathText, shown } from './zod-problem.js';

it('paths and values are written for people', () => {
  expect(pathText(['images', 3, 'url'])).toBe('images[3].url');
  expect(pathText([])).toBe('(body)');
  expect(shown('x'.repeat(200))).toHaveLength(78);
  expect(shown(undefined)).toBe('undefined');
});
