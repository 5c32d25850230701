/** Digits that say something; the others change from run to run. */
const digits = 3;

/**
 * The same with every number rounded to three digits that count; whole numbers from 1,000 on to their unit.
 * @template T @param {T} value @returns {T}
 */
export function rounded(value) {
  if (typeof value === 'number') return /** @type {T} */ (round(value));
  if (Array.isArray(value)) return /** @type {T} */ (value.map(rounded));
  if (typeof value !== 'object' || value === null) return value;
  return /** @type {T} */ (
    Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]))
  );
}

/** @param {number} value */
const round = (value) => (Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(digits)));
