import { failureKinds, type FailureKind } from './failure-kinds.js';

/** The retry ladder: one TTL queue per rung and target (topology.ts builds them from this list). */
export const rungs = [
  { name: '5s', delayMs: 5_000 },
  { name: '15s', delayMs: 15_000 },
  { name: '60s', delayMs: 60_000 },
  { name: '5m', delayMs: 300_000 },
  { name: '15m', delayMs: 900_000 },
] as const;
export type Rung = (typeof rungs)[number];
export type RungName = Rung['name'];

/** Retries of a generation stop climbing here: a customer waits for each of them. */
export const generationTopRung: RungName = '5m';

export type NextStep = { do: 'retry'; rung: Rung } | { do: 'fail' };

/**
 * What happens after a failure: the next rung, or the end.
 * @param attempt the attempt of this kind that just failed, counted from 1
 * @param jitter a random number in [0, 1): chooses between the attempt's rung and its upper neighbour
 */
export function nextStep(
  failure: { kind: FailureKind; retryAfterMs?: number | undefined },
  attempt: number,
  jitter: number,
  available: readonly RungName[] = rungs.map((rung) => rung.name),
): NextStep {
  const policy = failureKinds[failure.kind];
  if (!policy.parks && attempt >= policy.attempts) return { do: 'fail' };
  if (failure.retryAfterMs !== undefined)
    return { do: 'retry', rung: rungAtLeast(failure.retryAfterMs, available) };
  const ladder = rungs.filter((rung) => available.includes(rung.name));
  const step = Math.min(attempt - 1 + (jitter < 0.5 ? 0 : 1), ladder.length - 1);
  const rung = ladder[step];
  return rung === undefined ? { do: 'fail' } : { do: 'retry', rung };
}

/** The lowest rung that waits at least so long; the highest one there is when none does. */
export function rungAtLeast(
  delayMs: number,
  available: readonly RungName[] = rungs.map((rung) => rung.name),
): Rung {
  const ladder = rungs.filter((rung) => available.includes(rung.name));
  const rung = ladder.find((candidate) => candidate.delayMs >= delayMs) ?? ladder.at(-1);
  if (rung === undefined) throw new RangeError('a retry ladder needs at least one rung');
  return rung;
}

/** The rungs a generation may wait on. */
export const generationRungs: readonly RungName[] = rungs
  .slice(0, rungs.findIndex((rung) => rung.name === generationTopRung) + 1)
  .map((rung) => rung.name);
