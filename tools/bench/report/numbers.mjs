/**
 * As many digits as say something: 12,345 · 123 · 12.3 · 1.23.
 * @param {number} value
 */
export function figure(value) {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  // + 0 makes a rounded -0 an ordinary one.
  return (Number(value.toFixed(digits)) + 0).toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** @param {import('./statistics.mjs').Summary | null} summary */
export function range(summary) {
  if (summary === null) return '–';
  const { median, min, max, runs } = summary;
  return runs === 1 ? figure(median) : `${figure(median)} [${figure(min)}–${figure(max)}]`;
}

/** @param {import('./statistics.mjs').Summary | null} summary */
export const middle = (summary) => (summary === null ? '–' : figure(summary.median));

/** @param {number} n */
export const files = (n) => `${n.toLocaleString('en-US')} files`;
