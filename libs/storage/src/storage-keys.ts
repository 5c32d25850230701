/** Every key in storage. The gateway writes sources and the manifest, the worker models and their sidecars. */
export const storageKeys = {
  /** groups() of it: one per batch */
  batches: 'batches',
  /** everything of one batch; removed as a whole */
  batch: (batchId: string): string => `batches/${batchId}`,
  /** what was accepted, written once before the 202: Redis can be rebuilt from it */
  manifest: (batchId: string): string => `batches/${batchId}/manifest.json`,
  /** the uploaded bytes of one file, as they were sent */
  source: (batchId: string, idx: number): string => `batches/${batchId}/sources/${idx}`,
  /** a model under a name that holds its checksum, so a second attempt never replaces the bytes of a first */
  model: (batchId: string, idx: number, sha256: string): string =>
    `batches/${batchId}/models/${idx}-${sha256}.glb`,
  /** the attempt's result beside the model */
  sidecar: (batchId: string, idx: number): string => `batches/${batchId}/models/${idx}.json`,
} as const;
