/** When a generation is looked at next: often while it is young, so that short ones end without delay. */
export interface PollPace {
  /** first look after its submit, ms */
  firstMs: number;
  leastMs: number;
  mostMs: number;
  /** share of its age that may pass until the next look */
  share: number;
}

export const pollPace: PollPace = { firstMs: 200, leastMs: 250, mostMs: 5_000, share: 0.06 };
/** The provider calls back: looking is only there for the calls that never come. */
export const safetyPace: PollPace = { firstMs: 200, leastMs: 1_000, mostMs: 15_000, share: 0.5 };

/** @param ageMs since the submit @returns ms until the next look */
export const nextLookMs = (ageMs: number, { leastMs, mostMs, share }: PollPace): number =>
  Math.min(mostMs, Math.max(leastMs, ageMs * share));
