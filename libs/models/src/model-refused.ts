/** What is wrong with a model, as its file's `error.code` says it. */
export type ModelRefusalCode =
  | 'quality.not_glb'
  | 'quality.truncated'
  | 'quality.too_large'
  | 'quality.external_data'
  | 'quality.unsupported'
  | 'quality.invalid'
  | 'quality.no_faces'
  | 'quality.no_extent'
  | 'quality.no_texture'
  | 'quality.too_many_faces';

/** The model does not pass its checks; the same bytes never will. The message may be shown to the caller. */
export class ModelRefused extends Error {
  override readonly name = 'ModelRefused';

  constructor(
    readonly code: ModelRefusalCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
