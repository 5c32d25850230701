import { emptyFile, judgeImage, tooLarge, type ImageFacts } from './judge-image.js';
import { sniffText } from './sniff-text.js';

const limits = { bytes: 20 * 1024 * 1024, pixels: 50_000_000, sidePixels: 16_384 };
const jpeg = (over: Partial<NonNullable<ImageFacts['header']>> = {}): ImageFacts => ({
  type: 'image/jpeg',
  typeName: 'JPG',
  animated: false,
  cutShort: false,
  header: { format: 'jpeg', width: 100, height: 50, pages: 1, ...over },
});
const errorOf = (facts: ImageFacts): unknown => {
  const verdict = judgeImage(facts, limits);
  return verdict.ok ? null : [verdict.error.code, verdict.error.message];
};

it('takes a good image', () =>
  expect(judgeImage(jpeg(), limits)).toEqual({ ok: true, type: 'image/jpeg', width: 100, height: 50 }));
it('takes an image just at the limits', () => {
  expect(judgeImage(jpeg({ width: 10_000, height: 5_000 }), limits).ok).toBe(true);
  expect(judgeImage(jpeg({ width: 16_384, height: 1 }), limits).ok).toBe(true);
});

it.each<[ImageFacts, string, RegExp]>([
  [
    jpeg({ width: 10_000, height: 6_000 }),
    'input.too_many_pixels',
    /60000000 pixels.*60 megapixels.*50000000 \(50 megapixels/,
  ],
  [jpeg({ width: 10_000, height: 5_001 }), 'input.too_many_pixels', /50010000.*50.01 megapixels/],
  [jpeg({ width: 1, height: 16_385 }), 'input.too_many_pixels', /16385.*16384/],
  [jpeg({ pages: 3 }), 'input.animated', /3 pictures/],
  [jpeg({ format: 'png' }), 'input.undecodable', /JPEG.*png/],
  [jpeg({ width: 0 }), 'input.undecodable', /0 × 50/],
  [{ ...jpeg(), header: null }, 'input.undecodable', /header of the JPEG/],
  [{ ...jpeg(), header: null, cutShort: true }, 'input.truncated', /JPEG file ends too early/],
  [
    { type: 'image/apng', typeName: 'APNG', animated: true, cutShort: false, header: null },
    'input.animated',
    /APNG/,
  ],
  [
    { type: 'image/gif', typeName: 'GIF', animated: false, cutShort: false, header: null },
    'input.unsupported_format',
    /a GIF file \(image\/gif\); allowed are JPEG, PNG and WebP/,
  ],
  [
    { type: null, typeName: null, animated: false, cutShort: false, header: null },
    'input.unsupported_format',
    /not a known image format/,
  ],
])('refuses %j as %s', (facts, code, message) => {
  expect(errorOf(facts)).toEqual([code, expect.stringMatching(message)]);
});

it('says limit and value of sizes', () => {
  expect(tooLarge(26_214_400, limits.bytes)).toEqual({
    code: 'input.too_large',
    message: '26214400 bytes (25 MB) are over the limit of 20971520 bytes (20 MB)',
    retryable: false,
  });
  expect(emptyFile()).toMatchObject({ code: 'input.empty', retryable: false });
});

it.each([
  ['<svg xmlns="x">', 'SVG'],
  ['<?xml version="1.0"?>\n<!-- x -->\n<svg >', 'SVG'],
  ['<?xml version="1.0"?><a/>', 'XML'],
  ['  <!DOCTYPE html><p>', 'HTML'],
  ['hello wörld', 'text'],
  ['a\0b', undefined],
  ['\x01\x02', undefined],
])('names the text %j: %s', (text, name) => expect(sniffText(Buffer.from(text))?.typeName).toBe(name));
it('does not take binary for text, nor a character cut in two for binary', () => {
  expect(sniffText(Buffer.from([0xff, 0xfe, 0x41]))).toBeNull();
  expect(sniffText(Buffer.from('x'.repeat(4095) + '€'))?.typeName).toBe('text');
});
