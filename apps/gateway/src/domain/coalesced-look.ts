/** Least time between the end of a look and the next one, as a multiple of how long it took: 5 % of the time at most. */
const restShare = 20;

/**
 * One look for all that ask at the same time, and for those that come within `freshMs` of its end (or longer, when
 * looking takes its time). A look that failed is not remembered. @param now a clock in ms that never goes back
 */
export function coalescedLook<T>(
  ask: () => Promise<T>,
  freshMs: number,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let known: { answer: Promise<T>; untilMs: number } | undefined;
  return () => {
    if (known !== undefined && now() < known.untilMs) return known.answer;
    const fromMs = now();
    const look = { answer: ask(), untilMs: Infinity };
    known = look;
    look.answer.then(
      () => {
        const endMs = now();
        look.untilMs = endMs + Math.max(freshMs, restShare * (endMs - fromMs));
      },
      () => {
        if (known === look) known = undefined;
      },
    );
    return look.answer;
  };
}
