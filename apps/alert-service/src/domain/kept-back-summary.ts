import type { ToldAlert } from '@image2model/contracts';

export const hourMs = 3_600_000;
export const hourOf = (nowMs: number): number => nowMs - (nowMs % hourMs);

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

/** What a channel is told once an hour is over in which it got too many alerts. */
export function keptBackSummary(fromMs: number, keptBack: number, mostPerHour: number): ToldAlert {
  const span = `between ${clock(fromMs)} and ${clock(fromMs + hourMs)} UTC`;
  return {
    id: `alert:kept-back:${fromMs}`,
    severity: 'warning',
    code: 'alerts_kept_back',
    fingerprint: 'alerts_kept_back',
    message: `${keptBack} more alerts ${span} were kept back here (the limit is ${mostPerHour} an hour). They are in the log of the alert service: look for "alert:".`,
    resolved: false,
    details: { kept_back: keptBack, limit: mostPerHour },
    at: new Date(fromMs + hourMs).toISOString(),
  };
}
