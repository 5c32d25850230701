const hoursPerDay = 24;
const secondsPerHour = 3_600;
export const secondsPerDay = hoursPerDay * secondsPerHour;

/**
 * @typedef {import('./assumptions.mjs').Wishes} Wishes
 * @typedef {object} Demand
 * @property {number} acceptedPerS files in the busiest hour
 * @property {number} generatedPerS models, so that the busiest hour is worked off in time
 * @property {number} batchesPerS in the busiest hour
 * @property {number} underWay files being generated at a time
 * @property {number} streams open at a time
 */

/**
 * How much more than the average must be generated: all of the busiest hour's files at once when nothing may wait, and
 * spread over the hours after it when they may.
 * @param {Pick<Wishes, 'peakFactor' | 'drainHours'>} wishes
 */
export const generationFactor = ({ peakFactor, drainHours }) =>
  (peakFactor + (drainHours * (hoursPerDay - peakFactor)) / (hoursPerDay - 1)) / (1 + drainHours);

/** @param {Wishes} wishes @returns {Demand} */
export function demandOf(wishes) {
  const { filesPerDay, peakFactor, batchFiles, secondsPerModel, watchers, watchMinutes } = wishes;
  const average = filesPerDay / secondsPerDay;
  const generatedPerS = average * generationFactor(wishes);
  const batchesPerS = (average * peakFactor) / batchFiles;
  return {
    acceptedPerS: average * peakFactor,
    generatedPerS,
    batchesPerS,
    underWay: generatedPerS * secondsPerModel,
    streams: batchesPerS * watchMinutes * 60 * watchers,
  };
}
