import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from './tcp-proxy.js';

export interface Cutting {
  /** Cuts up to now. */
  readonly cuts: () => number;
  /** No cut after it resolves. */
  readonly stop: () => Promise<void>;
}

/**
 * Cuts all connections `afterMs` after the work went on, again and again. A clock alone would cut a slow machine's
 * connections before they are open, and no work could ever go on.
 *
 * @param progress a count that grows with the work
 */
export function cutAgainAndAgain(proxy: TcpProxy, afterMs: number, progress: () => number): Cutting {
  let cuts = 0;
  const over = new AbortController();
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal: over.signal }).catch(() => undefined);
  const ended = (async () => {
    while (!over.signal.aborted) {
      const before = progress();
      while (progress() === before && !over.signal.aborted) await pause(10);
      await pause(afterMs);
      if (over.signal.aborted) return;
      cuts++;
      proxy.cut();
    }
  })();
  return {
    cuts: () => cuts,
    stop: () => {
      over.abort();
      return ended;
    },
  };
}
