import { hasImageEnd } from './has-image-end.js';

const riff = (declared: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  bytes.write('RIFF');
  if (length >= 8) bytes.writeUInt32LE(declared, 4);
  return bytes;
};

test.each([
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9]), true],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), false],
  ['image/png', Buffer.from('\x89PNG....IEND', 'latin1'), true],
  ['image/png', Buffer.from('\x89PNG....IDAT', 'latin1'), false],
  ['image/webp', riff(12, 20), true],
  ['image/webp', riff(13, 20), false],
  ['image/webp', riff(0, 4), false],
] as const)('%s %#: %s', (type, bytes, expected) => {
  expect(hasImageEnd(type, bytes)).toBe(expected);
});
