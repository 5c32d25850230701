/** How much of a thing there is: `1 photo`, `1,200 photos`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

export const grouped = (value: number): string => value.toLocaleString('en-US');

/** Dollars to the cent, or as far as they go when they are less. */
export function usd(value: number): string {
  const cents = value >= 1 || value === 0;
  return `${value.toFixed(cents ? 2 : 4)} USD`;
}

/** @param bytes with the unit that fits */
export function byteSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? 'B'}`;
}

/** `42 s`, `3 min`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago something was; an em dash when it never was. */
export const ago = (at: string | null, nowMs: number): string =>
  at === null ? '—' : `${duration((nowMs - Date.parse(at)) / 1_000)} ago`;

/** A time as it is read in logs: UTC to the second. */
export const clock = (at: string): string => at.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z');

/** A low and a high guess in seconds; an empty text while nothing is known. */
export function between(range: readonly [number, number] | null): string {
  if (range === null) return '';
  const [low, high] = range;
  return duration(low) === duration(high)
    ? `about ${duration(high)}`
    : `${duration(low)} – ${duration(high)}`;
}
