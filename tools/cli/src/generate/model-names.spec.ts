import { createModelNames } from './model-names.js';

test('models are named like their photos, differ, and stay in their folder', () => {
  const name = createModelNames(['a.glb'], (path) => path === 'mine.glb');
  expect(name('', 'a.jpg')).toBe('a-2.glb');
  expect(name('', 'A.png')).toBe('A-3.glb');
  expect(name('', 'mine.jpg')).toBe('mine-2.glb');
  expect(name('shoes/left', 'a.jpg')).toBe('shoes/left/a.glb');
  expect(name('', '../../etc/passwd.jpg')).not.toMatch(/^\.|\//);
  expect(name('', '...')).toBe('model.glb');
  expect(name('', 'x:\u0007?.jpg')).toBe('x___.glb');
  expect(Buffer.byteLength(name('', `${'é'.repeat(300)}.jpg`))).toBeLessThan(220);
});
