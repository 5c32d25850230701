import { redPixel } from '../../test/make-model.js';
import { imageSize } from './image-size.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const riff = (kind: string, data: string): Buffer =>
  Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${kind}\0\0\0\0`, 'latin1'), hex(data)]);

test.each<[string, Uint8Array, number, number]>([
  ['PNG', redPixel, 1, 1],
  ['JPEG', hex('ffd8 ffe0 0004 4142 ffc0 000b 08 0003 0002 01 01 11 00 ffd9'), 2, 3],
  [
    'progressive JPEG after tables',
    hex('ffd8 ffdb 0003 00 ffc4 0003 00 ffff c2 000b 08 0100 0200'),
    512,
    256,
  ],
  ['simple WebP', riff('VP8 ', '000000 9d012a 0800 0440'), 8, 4],
  ['lossless WebP', riff('VP8L', '2f 07c00000'), 8, 4],
  ['extended WebP', riff('VP8X', '00000000 ff0300 ff0100'), 1024, 512],
])('%s', (_, bytes, width, height) => {
  expect(imageSize(bytes)).toEqual({ width, height });
  for (let length = 0; length < 17; length++) expect(imageSize(bytes.subarray(0, length))).toBeNull();
});

test.each<[string, Uint8Array]>([
  ['GIF', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1')],
  ['a PNG without width', Buffer.concat([redPixel.subarray(0, 16), Buffer.alloc(30)])],
  ['a JPEG without a frame', hex('ffd8 ffe0 0004 4142 ffd9 0000')],
  ['a WebP of unknown kind', riff('VP8?', '00000000 00000000 00000000')],
])('%s has none', (_, bytes) => expect(imageSize(bytes)).toBeNull());
