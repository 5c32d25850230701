/**
 * @typedef {{ median: number, min: number, max: number, runs: number }} Summary
 */

/** @param {number[]} values at least one @returns {Summary} */
export function summarise(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined)
    throw new RangeError('nothing to summarise');
  return { median: (low + high) / 2, min, max, runs: sorted.length };
}

/**
 * The rows that were measured alike, by system and number of files.
 * @param {import('./row.mjs').Row[]} rows
 */
export function groupRows(rows) {
  /** @type {Map<string, import('./row.mjs').Row[]>} */
  const groups = new Map();
  for (const row of rows) {
    const key = `${row.system} ${row.n}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const sizes = [...new Set(rows.map(({ n }) => n))].sort((a, b) => a - b);
  return {
    sizes,
    /** @param {import('./row.mjs').Row['system']} system @param {number} n */
    of: (system, n) => groups.get(`${system} ${n}`) ?? [],
    /**
     * Null when there is no such run, or none with a value.
     * @param {import('./row.mjs').Row['system']} system @param {number} n
     * @param {(row: import('./row.mjs').Row) => number | null | undefined} pick
     * @returns {Summary | null}
     */
    summary(system, n, pick) {
      const values = this.of(system, n).flatMap((row) => pick(row) ?? []);
      return values.length === 0 ? null : summarise(values);
    },
  };
}
/** @typedef {ReturnType<typeof groupRows>} Groups */
