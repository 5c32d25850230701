import sharp from 'sharp';
import { bombPng, disallowedImages, paddedJpeg, truncatedJpeg } from './bad-images.js';
import { photo } from './photo.js';

describe('the images for tests', () => {
  it.each(['jpeg', 'png', 'webp'] as const)(
    'makes good photos as %s, the same ones for the same seed',
    async (format) => {
      const bytes = await photo({ width: 200, height: 120, format, seed: 3 });
      expect(await sharp(bytes).metadata()).toMatchObject({ format, width: 200, height: 120 });
      expect(await photo({ width: 200, height: 120, format, seed: 3 })).toEqual(bytes);
      expect(await photo({ width: 200, height: 120, format, seed: 4 })).not.toEqual(bytes);
    },
  );

  it('makes a truncated JPEG whose header is good', async () => {
    const bytes = await truncatedJpeg();
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 640, height: 480 });
    await expect(sharp(bytes, { failOn: 'error' }).raw().toBuffer()).rejects.toThrow();
  });

  it('makes a small PNG of 60 megapixels and a large good JPEG', async () => {
    const bomb = bombPng();
    expect(bomb.length).toBeLessThan(100_000);
    expect(await sharp(bomb).metadata()).toMatchObject({ format: 'png', width: 10_000, height: 6_000 });
    expect((await paddedJpeg()).length).toBe(25 * 1024 * 1024);
  });

  it('makes what is not taken, each of its own kind', async () => {
    const { gif, tiff, pdf, empty } = await disallowedImages();
    expect(gif.subarray(0, 4).toString()).toBe('GIF8');
    expect(['II', 'MM']).toContain(tiff.subarray(0, 2).toString());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(empty).toHaveLength(0);
  });
});
