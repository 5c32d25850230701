import sharp, { type Sharp } from 'sharp';
import { normalisedSide, normaliseImage } from './normalise-image.js';

const pixels = 20_000_000;
/** The left half red, the right half blue. */
const halves = (width: number, height: number, alpha = 1): Sharp =>
  sharp({ create: { width, height, channels: 4, background: { r: 255, g: 0, b: 0, alpha } } }).composite([
    {
      input: {
        create: { width: width / 2, height, channels: 4, background: { r: 0, g: 0, b: 255, alpha } },
      },
      gravity: 'east',
    },
  ]);
const opaque = async (width: number, height: number): Promise<Sharp> =>
  sharp(await halves(width, height).png().toBuffer()).removeAlpha();
const colourAt = async (bytes: Uint8Array, left: number, top: number): Promise<number[]> => [
  ...(await sharp(bytes).removeAlpha().extract({ left, top, width: 1, height: 1 }).raw().toBuffer()),
];

test('an image with EXIF comes upright, and without EXIF, profile or comment', async () => {
  const secret = 'Anna, 52.5 N 13.4 E';
  const image = await (
    await opaque(200, 100)
  )
    .withExif({ IFD0: { Artist: secret, Copyright: secret } })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Artist: secret } })
    .withIccProfile('p3')
    .jpeg()
    .toBuffer();
  expect(image.includes(secret)).toBe(true);
  const made = await normaliseImage(image, pixels);
  expect(made).toMatchObject({ type: 'image/jpeg', width: 100, height: 200 });
  const { exif, icc, xmp, iptc, orientation } = await sharp(made.bytes).metadata();
  expect([exif, icc, xmp, iptc, orientation]).toEqual(Array(5).fill(undefined));
  const [top, bottom] = [await colourAt(made.bytes, 50, 20), await colourAt(made.bytes, 50, 180)];
  expect([top[0], bottom[2]].map((value) => (value ?? 0) > 200)).toEqual([true, true]);
});

test.each([
  [3000, 1500, 2048, 1024],
  [1000, 4096, 500, 2048],
  [2048, 2048, 2048, 2048],
  [40, 20, 40, 20],
])('%i × %i becomes %i × %i', async (width, height, toWidth, toHeight) => {
  const made = await normaliseImage(await (await opaque(width, height)).jpeg().toBuffer(), pixels);
  expect([made.width, made.height]).toEqual([toWidth, toHeight]);
  expect(Math.max(made.width, made.height)).toBeLessThanOrEqual(normalisedSide);
  expect(await sharp(made.bytes).metadata()).toMatchObject({
    format: 'jpeg',
    width: toWidth,
    height: toHeight,
  });
});

test.each(['png', 'webp'] as const)('what is transparent stays so: %s', async (format) => {
  const made = await normaliseImage(await halves(20, 10, 0.5).toFormat(format).toBuffer(), pixels);
  expect(made.type).toBe('image/png');
  expect(await sharp(made.bytes).metadata()).toMatchObject({ format: 'png', hasAlpha: true });
  const [, , , alpha] = await sharp(made.bytes).raw().toBuffer();
  expect(Math.abs((alpha ?? 0) - 128)).toBeLessThan(3);
});

test('grey, 16-bit and CMYK images become 8 bits of sRGB', async () => {
  const image = await opaque(20, 10);
  const grey = await image.clone().greyscale().png().toBuffer();
  const deep = await halves(20, 10, 0.5).toColourspace('rgb16').png().toBuffer();
  const cmyk = await image.clone().toColourspace('cmyk').jpeg().toBuffer();
  expect(await sharp(deep).metadata()).toMatchObject({ depth: 'ushort' });
  for (const odd of [grey, deep, cmyk]) {
    const { bytes } = await normaliseImage(odd, pixels);
    expect(await sharp(bytes).metadata()).toMatchObject({ space: 'srgb', depth: 'uchar' });
  }
});

test('the same image gives the same bytes', async () => {
  const image = await (await opaque(2500, 1000)).webp().toBuffer();
  const [one, other] = [
    await normaliseImage(image, pixels),
    await normaliseImage(Buffer.from(image), pixels),
  ];
  expect(Buffer.from(one.bytes).equals(other.bytes)).toBe(true);
});

test('what cannot be decoded is the fault of the image', async () => {
  const image = await (await opaque(400, 300)).jpeg().toBuffer();
  const refusals: [Uint8Array, string][] = [
    [image.subarray(0, image.length / 2), 'input.truncated'],
    [Buffer.from('no image'), 'input.undecodable'],
    [Buffer.alloc(0), 'input.undecodable'],
  ];
  for (const [bytes, code] of refusals)
    await expect(normaliseImage(bytes, pixels)).rejects.toMatchObject({ kind: 'input', code });
  await expect(normaliseImage(image, 100)).rejects.toMatchObject({ kind: 'input' });
});
