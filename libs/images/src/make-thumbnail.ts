import sharp from 'sharp';

/** The longer side of a thumbnail, pixels. */
export const thumbnailSide = 512;
const timeLimitS = 10;

/**
 * A small WebP of an image, upright whatever its EXIF says, never larger than the image itself.
 * @param pixels the most an image may have
 * @returns null when the image cannot be decoded
 */
export async function makeThumbnail(image: Uint8Array, pixels: number): Promise<Buffer | null> {
  try {
    return await sharp(image, { failOn: 'error', limitInputPixels: pixels, sequentialRead: true })
      .timeout({ seconds: timeLimitS })
      .autoOrient()
      .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer();
  } catch {
    return null; // sharp says for every damaged image only that it failed
  }
}
