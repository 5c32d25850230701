import { Failure } from '@image2model/contracts';
import type { FalApi } from '@image2model/fal';
import { pause } from '../domain/pause.js';
import type { DoubtSearch, Evidence, Unfinished } from '../domain/doubt-search.js';
import type { Doubt } from '../domain/paid-file.js';

type Listed = Awaited<ReturnType<FalApi['listing']>>;
interface Deps {
  api: Pick<FalApi, 'listing' | 'status'>;
  unfinished: Unfinished;
  /** times other than the usual ones, for tests */
  times?: { absentAfterMs: number; laterMs: number };
}
interface Asked {
  at: number;
  fromMs: number;
  answer: Promise<Listed>;
}

/** An answer is good for all files that ask within so long, ms. */
const freshMs = 1_500;
/** The provider's clock may differ from ours by so much, ms. */
const clockSlackMs = 60_000;
const notListedMs = 30_000;
/** So long after an intent its submit cannot be under way any more, whatever became of its process, ms. */
const usualAbsentAfterMs = 40_000;
/** A request counts as later than an intent from here on, ms. */
const usualLaterMs = 5_000;

/** How long until an open intent is looked for again: soon after its submit, rarely later. */
export const nextSearchMs = (ageMs: number): number => Math.min(15_000, Math.max(1_000, ageMs / 5));

/**
 * Looks for the requests of lost answers in the provider's listing. Each intent has an image URL of its own, so a match
 * is exact. One call serves all intents of an endpoint that are looked for at the time.
 */
export class DoubtWatch implements DoubtSearch {
  private readonly asked = new Map<string, Asked>();
  private deafUntilMs = 0;

  constructor(private readonly deps: Deps) {}

  async find(doubt: Doubt, endpoint: string, signal: AbortSignal): Promise<Evidence | undefined> {
    if (performance.now() < this.deafUntilMs) return undefined;
    try {
      const listed = await this.listing(endpoint, doubt.intentAtMs - clockSlackMs);
      const found = listed.flatMap(({ requestId, imageUrls }) =>
        imageUrls.includes(doubt.imageUrl) ? [requestId] : [],
      );
      return { found, absent: found.length === 0 && (await this.isAbsent(doubt, listed, signal)) };
    } catch (error) {
      signal.throwIfAborted();
      const { kind } = Failure.from(error);
      // no such listing for this account or endpoint: the other ways remain
      if (kind !== 'transient') this.deafUntilMs = performance.now() + notListedMs;
      return undefined;
    }
  }

  /** A listing that has a later request which still runs is not behind, and does not only list what has ended. */
  private async isAbsent(doubt: Doubt, listed: Listed, signal: AbortSignal): Promise<boolean> {
    const { absentAfterMs = usualAbsentAfterMs, laterMs = usualLaterMs } = this.deps.times ?? {};
    if (Date.now() - doubt.intentAtMs < absentAfterMs) return false;
    const ids = new Set(listed.map(({ requestId }) => requestId));
    const witness = [...this.deps.unfinished()].find(
      ({ handle, boundAtMs }) => boundAtMs >= doubt.intentAtMs + laterMs && ids.has(handle.requestId),
    );
    if (witness === undefined) return false;
    return (await this.deps.api.status(witness.handle, signal)).state !== 'completed';
  }

  async pause(doubt: Doubt, signal: AbortSignal): Promise<void> {
    await pause(nextSearchMs(Date.now() - doubt.intentAtMs), signal);
  }

  private listing(endpoint: string, fromMs: number): Promise<Listed> {
    const last = this.asked.get(endpoint);
    const now = performance.now();
    if (last !== undefined && now - last.at < freshMs && last.fromMs <= fromMs) return last.answer;
    const window = { fromMs, toMs: Date.now() + clockSlackMs };
    // shared by several files: none of them may end it for the others
    const answer = this.deps.api.listing(endpoint, window, AbortSignal.timeout(15_000));
    answer.catch(() => undefined);
    this.asked.set(endpoint, { at: now, fromMs, answer });
    return answer;
  }
}
