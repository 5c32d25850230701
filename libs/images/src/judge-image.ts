import {
  bytesPerMegabyte,
  httpLimits,
  imageTypes,
  isImageType,
  pixelsPerMegapixel,
  type ImageType,
  type StoredFile,
} from '@image2model/contracts';

/** Why an image cannot be used, in the words of the contract. */
export type FileError = NonNullable<StoredFile['error']>;

/** Most an image may have. */
export interface ImageLimits {
  bytes: number;
  pixels: number;
  sidePixels: number;
}

/** Limits in the units that people configure. */
export const imageLimits = (megabytes: number, megapixels: number): ImageLimits => ({
  bytes: megabytes * bytesPerMegabyte,
  pixels: megapixels * pixelsPerMegapixel,
  sidePixels: httpLimits.imageSidePixels,
});

/** What looking at an image brought to light; nothing was decoded. */
export interface ImageFacts {
  /** media type by its first bytes; null when they say nothing */
  type: string | null;
  /** what people call it, for example GIF */
  typeName: string | null;
  animated: boolean;
  /** the file stops before its own end; looked at only when the header cannot be read */
  cutShort: boolean;
  /** null when it could not be read */
  header: { format: string; width: number; height: number; pages: number } | null;
}

export type Verdict =
  | { ok: true; type: ImageType; width: number; height: number }
  | { ok: false; error: FileError; width: number; height: number };

const allowed = `allowed are ${Object.values(imageTypes)
  .join(', ')
  .replace(/, (?=[^,]*$)/, ' and ')}`;
const refused = (code: string, message: string, width = 0, height = 0): Verdict => ({
  ok: false,
  error: inputError(code, message),
  width,
  height,
});

/** An image error: the caller's, so never retried. */
export const inputError = (code: string, message: string): FileError => ({
  code: `input.${code}`,
  message,
  retryable: false,
});

export const emptyFile = (): FileError => inputError('empty', 'the file has 0 bytes');
export const tooLarge = (bytes: number, limit: number): FileError =>
  inputError(
    'too_large',
    `${bytes} bytes (${megabytes(bytes)} MB) are over the limit of ${limit} bytes (${megabytes(limit)} MB)`,
  );

/** Whether an image may go to a worker, by its first bytes and its header. The worker decodes it whole. */
export function judgeImage(facts: ImageFacts, limits: ImageLimits): Verdict {
  const { type, header } = facts;
  if (facts.animated)
    return refused('animated', `an animated image (${facts.typeName ?? type}); send one picture`);
  if (type === null || !isImageType(type))
    return refused('unsupported_format', `${named(facts)}; ${allowed}`);
  if (header === null && facts.cutShort)
    return refused('truncated', `the ${imageTypes[type]} file ends too early, before its header does`);
  if (header === null) return refused('undecodable', `the header of the ${imageTypes[type]} cannot be read`);
  if (`image/${header.format}` !== type)
    return refused('undecodable', `begins as ${imageTypes[type]} and reads as ${header.format}`);
  const { width, height, pages } = header;
  if (pages > 1) return refused('animated', `${pages} pictures in one file; the limit is 1`, width, height);
  return fits(width, height, limits) ?? { ok: true, type, width, height };
}

function fits(width: number, height: number, { pixels, sidePixels }: ImageLimits): Verdict | null {
  if (width < 1 || height < 1) return refused('undecodable', `a size of ${width} × ${height} pixels`);
  const got = width * height;
  if (got > pixels)
    return refused(
      'too_many_pixels',
      `${got} pixels (${width} × ${height}, ${megapixels(got)} megapixels) are over the limit of ${pixels} (${megapixels(pixels)} megapixels)`,
      width,
      height,
    );
  const side = Math.max(width, height);
  if (side > sidePixels)
    return refused(
      'too_many_pixels',
      `a side of ${side} pixels is over the limit of ${sidePixels}`,
      width,
      height,
    );
  return null;
}

const named = ({ type, typeName }: ImageFacts): string =>
  type === null ? 'not a known image format' : `a ${typeName ?? type} file (${type})`;
const short = (value: number): string => String(Number(value.toFixed(2)));
const megabytes = (bytes: number): string => short(bytes / bytesPerMegabyte);
const megapixels = (pixels: number): string => short(pixels / pixelsPerMegapixel);
