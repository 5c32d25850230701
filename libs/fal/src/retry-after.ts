/** Nobody is waited for longer: an answer may be nonsense. */
const mostMs = 3_600_000;

/** Retry-After in ms, from seconds or an HTTP date; undefined when there is none that can be read. */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.ceil(Math.min(Math.max(ms, 0), mostMs));
}
