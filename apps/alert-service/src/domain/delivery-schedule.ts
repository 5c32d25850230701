import type { RungName, Rung } from '@image2model/contracts';
import { rungs } from '@image2model/contracts';
import type { DeliveryAttempt, TryEnd } from '@image2model/progress';

/** WEBHOOK_RETRY_SCHEDULE_S: the tries of a ladder, in seconds from its beginning. @returns what is wrong with it, as text */
export function parseSchedule(text: string): readonly number[] | string {
  const times = text.split(',').map((part) => (/^\s*\d{1,8}\s*$/.test(part) ? Number(part) : NaN));
  if (times.some((seconds) => Number.isNaN(seconds))) return 'expected a comma list of whole seconds';
  if (times.length > 50) return 'expected at most 50 tries';
  if (times.some((seconds, at) => seconds < (times[at - 1] ?? 0))) return 'expected rising numbers';
  return times;
}

/** The endpoint says that it does not exist any more: nobody asks it again. */
const gone = 410;

/** What came of an attempt. */
export type Verdict = 'delivered' | 'gone' | 'failed';

export function verdictOf({ status }: Pick<DeliveryAttempt, 'status'>): Verdict {
  if (status === null) return 'failed';
  if (status === gone) return 'gone';
  return status >= 200 && status < 300 ? 'delivered' : 'failed';
}

/**
 * What follows a failed try.
 * @param tried how many tries of the ladder had failed before it
 * @param jitter in [0, 1): stretches the wait by up to a tenth, so that what failed together does not come back together
 */
export function afterFailure(schedule: readonly number[], tried: number, jitter: number): TryEnd {
  const at = schedule[tried + 1];
  if (at === undefined) return { state: 'failed' };
  const waitMs = (at - (schedule[tried] ?? 0)) * 1_000;
  return { state: 'pending', waitMs: Math.ceil(waitMs * (1 + jitter / 10)) };
}

/** Below this a wait is not worth a place in a delay queue, ms: the lowest one has this much. */
export const shortWaitMs: number = rungs[0].delayMs;

/**
 * One hop of a wait along the retry ladder: the longest rung that does not overshoot. None for a wait that is shorter
 * than the lowest one.
 */
export function hopOf(waitMs: number, available: readonly RungName[]): Rung | undefined {
  return rungs.findLast(({ name, delayMs }) => available.includes(name) && delayMs <= waitMs);
}
