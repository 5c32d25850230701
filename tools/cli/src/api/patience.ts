import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProblem } from './api-problem.js';
import { Unreachable } from './unreachable.js';

/** How long a request may be tried again. */
export interface Patience {
  /** From the first failure; 0 = not at all. */
  forMs: number;
  /** Told before each pause. */
  onWait?: (error: Error, pauseMs: number) => void;
  signal?: AbortSignal | undefined;
}

const pauses = { firstMs: 250, mostMs: 10_000 } as const;

/** No second try. */
export const impatient: Patience = { forMs: 0 };

/** Whether the same request may succeed later: the line is bad, or the gateway says so. */
export const isPassing = (error: unknown): error is Error =>
  error instanceof Unreachable || (error instanceof ApiProblem && error.passing);

/** Runs `work` until it succeeds, fails for good, or patience is over. Pauses grow, and are as long as the gateway asks. */
export async function patiently<T>({ forMs, onWait, signal }: Patience, work: () => Promise<T>): Promise<T> {
  const startedAtMs = Date.now();
  for (let pauseMs: number = pauses.firstMs; ; pauseMs = Math.min(pauseMs * 2, pauses.mostMs)) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
      const asked = error instanceof ApiProblem ? error.retryAfterMs : null;
      // some jitter, so that many clients do not come back at once
      const restMs = Math.max(asked ?? 0, pauseMs * (0.75 + Math.random() / 2));
      if (Date.now() - startedAtMs + restMs > forMs) throw error;
      onWait?.(error, restMs);
      await sleep(restMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}
