import sharp from 'sharp';
import { checkImageBytes } from './check-image-bytes.js';
import { ImageError } from './image-error.js';

/** Most pixels an image may have before it is scaled down. */
export const maxInputPixels = 50_000_000;

/** 8-bit sRGB pixels, four bytes each, straight alpha, first row at the top. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/**
 * Decodes a JPEG, PNG or WebP completely: upright by its EXIF orientation, longest side ≤ maxSide, never enlarged.
 * @throws ImageError when the bytes are not a whole image within the pixel limit
 */
export async function decodeImage(bytes: Uint8Array, maxSide: number): Promise<Photo> {
  const format = checkImageBytes(bytes);
  restrictSharp();
  try {
    await checkPixelCount(bytes);
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: maxInputPixels, pages: 1 })
      .autoOrient()
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: data };
  } catch (error) {
    throw toImageError(error, format);
  }
}

/** The photo stretched to another size; used to bring it onto the working grid. */
export async function resizePhoto(photo: Photo, width: number, height: number): Promise<Photo> {
  const rgba = await sharp(photo.rgba, { raw: { width: photo.width, height: photo.height, channels: 4 } })
    .resize({ width, height, fit: 'fill' })
    .raw({ depth: 'uchar' })
    .toBuffer();
  return { width, height, rgba };
}

/**
 * Every libvips loader but those for JPEG, PNG and WebP. Blocking all of them first and then unblocking three would
 * leave a moment in which another thread cannot decode: the list belongs to the process, not to the thread.
 */
const otherLoaders = (
  'Analyze Csv DcRaw Fits Gif Heif Jp2k Jxl Magick Magick7 Mat Matrix Nifti NiftiSource Nsgif Openexr Openslide ' +
  'Pdf Ppm Rad Raw Svg Tiff Uhdr Vips'
)
  .split(' ')
  .map((name) => `VipsForeignLoad${name}`);

/** Process-wide and safe to repeat: only three loaders, nothing cached, one libvips thread for each task. */
function restrictSharp(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: otherLoaders });
}

async function checkPixelCount(bytes: Uint8Array): Promise<void> {
  const { width, height } = await sharp(bytes, { limitInputPixels: false, pages: 1 }).metadata();
  const pixels = width * height;
  if (pixels <= maxInputPixels) return;
  throw new ImageError(
    'input.too_many_pixels',
    `The image has ${pixels} pixels (${width} x ${height}); the limit is ${maxInputPixels}.`,
  );
}

function toImageError(error: unknown, format: string): ImageError {
  if (error instanceof ImageError) return error;
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const isCut = /premature|truncat|unexpected end|end of (file|stream|input)|not enough data/i.test(reason);
  return isCut
    ? new ImageError('input.truncated', `The ${format} data ends too early: ${reason}`, { cause: error })
    : new ImageError('input.undecodable', `The ${format} cannot be decoded: ${reason}`, { cause: error });
}
