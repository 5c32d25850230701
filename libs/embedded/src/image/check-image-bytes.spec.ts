import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage } from './decode-image.js';

const sample = (name: string): Buffer => readFileSync(join(__dirname, '../../../../samples', name));
const codeOf = (bytes: Uint8Array): Promise<unknown> =>
  decodeImage(bytes, 1024).then(
    () => 'decoded',
    (error: { code?: unknown }) => error.code,
  );
const noise = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * index * 31 + index * 7) & 0xff));

describe.each(['jpeg', 'png', 'webp'] as const)('%s', (format) => {
  let whole: Buffer;
  beforeAll(async () => {
    whole = await sharp(sample('rocket.jpg')).resize(200).toFormat(format).toBuffer();
  });

  test('decodes, also with bytes after its end', async () => {
    expect(await codeOf(whole)).toBe('decoded');
    expect(await codeOf(Buffer.concat([whole, Buffer.alloc(50)]))).toBe('decoded');
  });

  test('is truncated wherever it is cut', async () => {
    for (let share = 1; share < 40; share++) {
      const cut = whole.subarray(0, Math.max(1, Math.floor((whole.length * share) / 40)));
      expect(await codeOf(cut)).toBe('input.truncated');
    }
    for (const length of [2, 7, 11, 20, whole.length - 1]) {
      expect(await codeOf(whole.subarray(0, length))).toBe('input.truncated');
    }
  });

  test('with damaged contents never decodes to a crash', async () => {
    const damaged = Buffer.from(whole);
    noise(60).copy(damaged, 40);
    expect(['decoded', 'input.undecodable', 'input.truncated']).toContain(await codeOf(damaged));
  });
});

test('a progressive JPEG with several scans is walked to its real end', async () => {
  const whole = await sharp(sample('rocket.jpg')).jpeg({ progressive: true }).toBuffer();
  expect(await codeOf(whole)).toBe('decoded');
  expect(await codeOf(whole.subarray(0, whole.length >> 1))).toBe('input.truncated');
});

test('what is no image is undecodable', async () => {
  expect(await codeOf(noise(5000))).toBe('input.undecodable');
  expect(await codeOf(Buffer.from('just some text, no image'))).toBe('input.undecodable');
  expect(await codeOf(new Uint8Array(0))).toBe('input.truncated');
});

test('other image formats are refused by name', async () => {
  for (const format of ['gif', 'tiff', 'avif'] as const) {
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .toFormat(format)
      .toBuffer();
    await expect(decodeImage(bytes, 64)).rejects.toMatchObject({
      code: 'input.unsupported_format',
      message: expect.stringMatching(/GIF|TIFF|AVIF/) as string,
    });
  }
  expect(await codeOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe(
    'input.unsupported_format',
  );
});

test('too many pixels are refused from the header, with limit and value', async () => {
  const bytes = await sharp({ create: { width: 8000, height: 7000, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  await expect(decodeImage(bytes, 64)).rejects.toMatchObject({
    code: 'input.too_many_pixels',
    message: 'The image has 56000000 pixels (8000 x 7000); the limit is 50000000.',
  });
});
