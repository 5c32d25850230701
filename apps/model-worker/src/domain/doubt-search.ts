import type { Doubt, Generation } from './paid-file.js';

/** What the provider's listing says of an intent. */
export interface Evidence {
  /** the requests made with the intent's image */
  found: string[];
  /**
   * Nothing was made of it: requests that were sent later, and have not ended yet, are listed, and its own is not.
   * Worth something only when it is said twice, some seconds apart.
   */
  absent: boolean;
}

/** Looks for the requests of lost answers. */
export interface DoubtSearch {
  /** @returns undefined when the provider does not tell */
  find(doubt: Doubt, endpoint: string, signal: AbortSignal): Promise<Evidence | undefined>;
  /** Until the next search. */
  pause(doubt: Doubt, signal: AbortSignal): Promise<void>;
}

/** Generations that had not ended when this process looked last. */
export type Unfinished = () => Iterable<Pick<Generation, 'handle' | 'boundAtMs'>>;
