/**
 * One number from several counts of what should be there once: 1 only if all of them say so.
 * @param {number[]} counts
 * @returns {number} the first that is not 1
 */
export const agreedCount = (counts) => counts.find((count) => count !== 1) ?? 1;
