import { Failure } from '@image2model/contracts';
import sharp from 'sharp';
import { hasImageEnd } from './has-image-end.js';
import { imageMagic } from './image-magic.js';

/** An image as a provider gets it. */
export interface NormalisedImage {
  bytes: Uint8Array;
  type: 'image/jpeg' | 'image/png';
  width: number;
  height: number;
}

/** The longer side, pixels: providers look at no more. */
export const normalisedSide = 2_048;
const jpegQuality = 92;

/**
 * Turned upright, at most 2,048 px a side, 8 bits of sRGB, without any metadata: a place or a person's name in a photo
 * is nobody's business. PNG when it has an alpha channel, else JPEG. The same bytes for the same image.
 * @param pixels the most an image may have
 * @throws Failure `input` when the image cannot be decoded to its end
 */
export async function normaliseImage(image: Uint8Array, pixels: number): Promise<NormalisedImage> {
  try {
    const source = sharp(image, {
      limitInputPixels: pixels,
      failOn: 'error',
      pages: 1,
      sequentialRead: true,
    });
    const { hasAlpha } = await source.metadata();
    const upright = source
      .autoOrient()
      .resize(normalisedSide, normalisedSide, { fit: 'inside', withoutEnlargement: true });
    const coded = hasAlpha
      ? upright.png({ compressionLevel: 6 })
      : upright.jpeg({ quality: jpegQuality, mozjpeg: false });
    const { data, info } = await coded.toBuffer({ resolveWithObject: true });
    const type = hasAlpha ? 'image/png' : 'image/jpeg';
    return { bytes: data, type, width: info.width, height: info.height };
  } catch (error) {
    throw undecodable(image, error);
  }
}

/** sharp's own message may quote the image. */
function undecodable(image: Uint8Array, cause: unknown): Failure {
  const type = imageMagic(image);
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  return type !== null && !hasImageEnd(type, bytes)
    ? new Failure('input', 'The image ends too early.', { code: 'input.truncated', cause })
    : new Failure('input', 'The image cannot be decoded.', { code: 'input.undecodable', cause });
}
