import type { Handler } from '../define-handler.js';

/** @throws when one does not fit its queue, or two name the same */
export function checkHandlers(handlers: readonly Handler[]): void {
  for (const { queue, consumes, prefetch, prefetchMost, restMost = 0 } of handlers) {
    if (consumes.type !== queue.message)
      throw new Error(
        `a handler of ${consumes.type} cannot consume ${queue.name}, which carries ${queue.message}`,
      );
    checkPrefetch(queue.name, prefetch);
    if (prefetchMost !== undefined) checkPrefetch(queue.name, prefetchMost);
    if (!Number.isInteger(restMost) || restMost < 0)
      throw new RangeError(`how many of ${queue.name} may rest must be 0 or more; it is ${restMost}`);
  }
  const names = new Set(handlers.map(({ queue }) => queue.name));
  if (names.size < handlers.length) throw new Error('two handlers name the same queue');
}

/** @throws RangeError for what the protocol does not know */
export function checkPrefetch(queue: string, prefetch: number): void {
  if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > 65_535)
    throw new RangeError(`the prefetch of ${queue} must be 1 to 65,535; it is ${prefetch}`);
}
