import { fromCursor, toCursor } from './cursor.js';

describe('cursors', () => {
  it('come back as they were made, for their own list only', () => {
    expect(fromCursor('f', toCursor('f', '12'), /^\d+$/)).toBe('12');
    for (const bad of [toCursor('b', '12'), toCursor('f', 'x'), 'x', `${toCursor('f', '12')}=`, ''])
      expect(() => fromCursor('f', bad, /^\d+$/)).toThrow('cursor');
  });
});
