/** The time that one run of a job has. What is left is for the next run. */
export interface TimeSlice {
  readonly signal: AbortSignal;
  /** @throws what the signal was aborted with: the process is to stop */
  over(): boolean;
}

/** @param nowMs a clock that never goes back */
export function startSlice(
  ms: number,
  signal: AbortSignal,
  nowMs: () => number = () => performance.now(),
): TimeSlice {
  const endMs = nowMs() + ms;
  return {
    signal,
    over: () => {
      signal.throwIfAborted();
      return nowMs() >= endMs;
    },
  };
}
