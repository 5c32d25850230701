import { f64 } from '../typed-access.js';

/** Otsu's threshold over values of 0 … 255 (larger ones count as 255): the split of least variance in both classes. */
export function otsuThreshold(values: Float32Array): number {
  const counts = new Float64Array(256);
  for (const value of values) {
    const bin = Math.min(255, Math.floor(value));
    counts[bin] = f64(counts, bin) + 1;
  }
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [below, belowSum, best, threshold] = [0, 0, 0, 0];
  for (let bin = 0; bin < 256; bin++) {
    below += f64(counts, bin);
    belowSum += f64(counts, bin) * bin;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const spread = below * above * (belowSum / below - (total - belowSum) / above) ** 2;
    if (spread > best) [best, threshold] = [spread, bin];
  }
  return threshold;
}
