import type { GenerationRequest, Provider } from './provider.js';

/** Sees to it that the image of a file is in storage before its provider looks for it. */
export interface Sources {
  /**
   * Fetches an image by URL that is not there yet.
   * @returns undefined, at once, for files of batches that are known to have no URLs
   * @throws Failure when it cannot be had, or cannot be used
   */
  ensure(request: SourceRequest): Promise<void> | undefined;
}
export type SourceRequest = Pick<GenerationRequest, 'batchId' | 'idx' | 'signal' | 'onProgress'>;

/** A provider whose files may have URLs. */
export const withSources = (provider: Provider, sources: Sources): Provider => ({
  ...provider,
  generate: (request) => {
    const fetching = sources.ensure(request);
    if (fetching === undefined) return provider.generate(request);
    return fetching.then(() => provider.generate(request));
  },
});
