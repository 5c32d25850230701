import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait before try number `tries` + 2, in ms: 0.1 s doubling to `maxMs`, the upper half of it random. */
export function backOffMs(tries: number, random: number, maxMs = 5_000): number {
  const ceiling = Math.min(maxMs, 100 * 2 ** Math.min(tries, 20));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** Resolves after `ms` or when the signal aborts, whichever is first; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // The only rejection of this timer is the abort, and the caller looks at the signal itself.
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** Rejects when `work` takes longer than `ms`; a late result of it is ignored. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const tooLate = delay(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${what} took longer than ${ms} ms`);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    timer.abort();
    tooLate.catch(() => undefined);
  }
}
