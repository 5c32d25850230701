/** Why an image cannot become a model; all four are the caller's to repair. */
export type ImageErrorCode =
  'input.truncated' | 'input.undecodable' | 'input.unsupported_format' | 'input.too_many_pixels';

/** The image itself is at fault: trying again with the same bytes gives the same error. */
export class ImageError extends Error {
  override readonly name = 'ImageError';

  constructor(
    readonly code: ImageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
