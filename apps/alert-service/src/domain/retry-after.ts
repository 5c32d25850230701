/** Nobody is waited for longer, ms. */
const longest = 24 * 3_600_000;

/** How long an answer asks to wait, ms: seconds or a date. Undefined when it does not ask. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const text = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.min(longest, Math.max(0, Math.ceil(ms))) : undefined;
}
