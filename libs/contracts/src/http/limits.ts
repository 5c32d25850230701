/** What a request may hold. The gateway takes these as defaults of its I2M_MAX_… variables. */
export const httpLimits = {
  imageMegabytes: 20,
  imageMegapixels: 50,
  imageSidePixels: 16_384,
  filesPerRequest: 2_000,
  filesPerBatch: 100_000,
  urlsPerRequest: 10_000,
  urlCharacters: 2_048,
  metadataBytes: 2_048,
  extraBytes: 4_096,
  idempotencyKeyCharacters: 255,
  /** of a JSON body beside its list of images */
  jsonBytes: 256 * 1024,
  /** of a JSON body with its list of images: 10,000 entries of 3 KB */
  jsonImagesBytes: 32 * 1024 * 1024,
  jsonDepth: 16,
  formFields: 100,
  pageSize: 1_000,
  defaultPageSize: 100,
  fileNameBytes: 255,
  eventStreamsPerKey: 20,
  eventStreams: 2_000,
} as const;

/** Bytes of a "MB" in limits and messages. */
export const bytesPerMegabyte = 1024 * 1024;
export const pixelsPerMegapixel = 1_000_000;

/** The media types of images that are taken, and what people call them. */
export const imageTypes = { 'image/jpeg': 'JPEG', 'image/png': 'PNG', 'image/webp': 'WebP' } as const;
export type ImageType = keyof typeof imageTypes;
export const isImageType = (type: string): type is ImageType => Object.hasOwn(imageTypes, type);
