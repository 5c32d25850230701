/** Counts failures of each source in fixed windows; bounded memory. */
export interface FailureThrottle {
  /** Counts one more failure. @returns seconds to wait when there were too many, else null */
  fail(source: string, nowMs: number): number | null;
}

const mostSources = 10_000;

export function createFailureThrottle(limit: number, windowMs: number): FailureThrottle {
  const windows = new Map<string, { endsMs: number; count: number }>();
  const forget = (nowMs: number): void => {
    for (const [source, { endsMs }] of windows) if (endsMs <= nowMs) windows.delete(source);
    // an attack from everywhere: the oldest windows go first
    for (const source of windows.keys()) {
      if (windows.size < mostSources) break;
      windows.delete(source);
    }
  };
  return {
    fail: (source, nowMs) => {
      if (windows.size >= mostSources) forget(nowMs);
      const known = windows.get(source);
      const current =
        known !== undefined && known.endsMs > nowMs ? known : { endsMs: nowMs + windowMs, count: 0 };
      if (current !== known) windows.set(source, current);
      current.count += 1;
      return current.count > limit ? Math.ceil((current.endsMs - nowMs) / 1000) : null;
    },
  };
}
