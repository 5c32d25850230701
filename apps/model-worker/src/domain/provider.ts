import type { ModelResult } from '@image2model/progress';

/** What a provider is asked for. */
export interface GenerationRequest {
  batchId: string;
  idx: number;
  /** the batch's settings, as accepted */
  settings: Record<string, unknown>;
  /** aborts when the batch is cancelled, the claim is lost, a limit passes or the worker drains */
  signal: AbortSignal;
  /** percent: 0–100 */
  onProgress: (stage: string, percent: number) => void;
}

/** Something that makes models. Throws Failure; never keeps a half-written artefact under its final name. */
export interface Provider {
  readonly name: string;
  /** Files it can work on at once in this process. */
  readonly slots: number;
  /** @returns the stored model, or null where the provider makes none (noop) */
  generate(request: GenerationRequest): Promise<ModelResult | null>;
}
