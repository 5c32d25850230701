import type { Generation } from './paid-file.js';

/** Looks at generations until they end. */
export interface GenerationWatch {
  /** @returns when it has completed @throws Failure when it never will; the signal's reason */
  watch(
    generation: Generation,
    options: { signal: AbortSignal; onState: (state: 'queued' | 'running') => void },
  ): Promise<void>;
}
