import { combine } from '../probes/cost-per-file.mjs';

/**
 * @typedef {import('../constants/schema.mjs').Constants} Constants
 * @typedef {import('../constants/schema.mjs').Cost} Cost
 * @typedef {import('./assumptions.mjs').Wishes} Wishes
 */

/**
 * What a file costs in a batch of a size between two that were measured: straight on a scale of logarithms of the size.
 * @param {Constants['batches']} batches ascending @param {number} files
 * @returns {Cost}
 */
export function costInBatchOf(batches, files) {
  const above = batches.findIndex((each) => each.files >= files);
  const high = batches.at(above);
  const low = batches[Math.max(0, (above === -1 ? batches.length : above) - 1)];
  if (high === undefined || low === undefined) throw new RangeError('no batch was measured');
  if (above <= 0) return high.cost;
  const share = Math.log(files / low.files) / Math.log(high.files / low.files);
  return combine(low.cost, high.cost, (few, many) => few + (many - few) * share);
}

/**
 * What a file costs with its provider: the larger of what its batch makes of it and of what was measured with the provider.
 * A file that takes seconds travels alone, so with the embedded generator it needs the processor time of a batch of one.
 * @param {Constants} constants @param {Pick<Wishes, 'provider' | 'batchFiles' | 'secondsPerModel'>} wishes
 * @returns {Cost}
 */
export function costOfFile({ batches, embedded, paid }, { provider, batchFiles, secondsPerModel }) {
  const base = costInBatchOf(batches, batchFiles);
  if (provider === 'fal') {
    const generated = combine(paid.atOnce, paid.perSecond, (once, each) => once + each * secondsPerModel);
    return combine(base, { ...generated, memory: paid.atOnce.memory }, Math.max);
  }
  const alone = costInBatchOf(batches, 1);
  const cost = combine(base, embedded.cost, Math.max);
  return { ...cost, cpuS: { ...alone.cpuS, worker: secondsPerModel } };
}
