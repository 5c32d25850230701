/**
 * Every key in storage. The maintenance worker moves things to the trash; the gateway writes uploads, URLs, the manifest and
 * thumbnails, the worker fetched sources, images for providers, models and their
 * sidecars.
 */
export const storageKeys = {
  /** names() of it: one per batch */
  batches: 'batches',
  /** names() of it: what was removed without proof that somebody deleted it, for a while */
  trash: 'trash',
  /** a batch in the trash, since when (ms); moved back it is as it was */
  trashed: (batchId: string, atMs: number): string => `trash/${atMs}-${batchId}`,
  /** everything of one batch; removed as a whole */
  batch: (batchId: string): string => `batches/${batchId}`,
  /** what was accepted, written once before the 202: Redis can be rebuilt from it */
  manifest: (batchId: string): string => `batches/${batchId}/manifest.json`,
  /** the URLs of a batch of images by URL (contracts: packUrls); absent in all other batches */
  urls: (batchId: string): string => `batches/${batchId}/urls`,
  /** the bytes of one image as they were uploaded, or fetched by a worker */
  source: (batchId: string, idx: number): string => `batches/${batchId}/sources/${idx}`,
  /** the images that a provider fetches for the submits of one file; removed when the file has ended */
  providerImages: (batchId: string, idx: number): string => `batches/${batchId}/inputs/${idx}`,
  /** the image of one submit */
  providerImage: (batchId: string, idx: number, intent: string): string =>
    `batches/${batchId}/inputs/${idx}/${intent}`,
  /** a small picture of the source, made when it was first asked for */
  thumbnail: (batchId: string, idx: number): string => `batches/${batchId}/thumbnails/${idx}.webp`,
  /** a model under a name that holds its checksum, so a second attempt never replaces the bytes of a first */
  model: (batchId: string, idx: number, sha256: string): string =>
    `batches/${batchId}/models/${idx}-${sha256}.glb`,
  /** a provider's model that did not pass its checks, kept to be looked at; never delivered */
  rejected: (batchId: string, idx: number, sha256: string): string =>
    `batches/${batchId}/rejected/${idx}-${sha256}.glb`,
  /** the attempt's result beside the model */
  sidecar: (batchId: string, idx: number): string => `batches/${batchId}/models/${idx}.json`,
} as const;
