import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  timeoutMs?: number;
  everyMs?: number;
  /** Named in the error. */
  what?: string;
}

/** Asks until the answer is something other than undefined, null or false; errors count as "not yet". */
export async function waitFor<T>(
  ask: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 100, what = 'the condition' }: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const until = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (isThere(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= until)
      throw new Error(`${what}: not within ${timeoutMs} ms (last: ${String(last)})`);
    await pause(everyMs);
  }
}

function isThere<T>(answer: T): answer is Exclude<T, undefined | null | false> {
  return answer !== undefined && answer !== null && answer !== false;
}
