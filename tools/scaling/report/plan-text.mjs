import { large, whole } from './figures.mjs';
import { planRows } from './plan-rows.mjs';

/** @param {[string, string][]} rows */
function aligned(rows) {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, value]) => `${title.padEnd(width)}  ${value}`).join('\n');
}

/** @param {import('../model/plan-capacity.mjs').Plan} plan @returns {[string, string][]} */
const limitRows = ({ limits, wishes }) =>
  limits.map(({ what, filesPerDay, how, then }) => [
    `${filesPerDay < wishes.filesPerDay ? '✗' : '✓'} ${large(filesPerDay)}`,
    `${what} (${how}): ${then}`,
  ]);

/**
 * A plan for a terminal.
 * @param {import('../model/plan-capacity.mjs').Plan} plan
 */
export function planText(plan) {
  const { filesPerDay, provider, peakFactor, batchFiles, imageMb, modelMb, secondsPerModel } = plan.wishes;
  const head = `${whole(filesPerDay)} files a day, provider ${provider}, batches of ${whole(batchFiles)}; busiest hour ${peakFactor} × the average;
image ${imageMb} MB, model ${modelMb} MB, ${secondsPerModel} s a model`;
  const rows = planRows.map(([title, value]) => /** @type {[string, string]} */ ([title, value(plan)]));
  return `${head}\n\n${aligned(rows)}\n\nFiles a day at which something gives out\n${aligned(limitRows(plan))}`;
}
