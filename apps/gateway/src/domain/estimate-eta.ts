import type { BatchRecord } from '@image2model/progress';

/**
 * Seconds until the batch is done, as a low and a high guess from the rate observed so far; null while nothing is
 * known or it is not running.
 * @param runningShare the sum of the running files' progress, in files
 */
export function estimateEta(
  { state, counts, startedAtMs }: Pick<BatchRecord, 'state' | 'counts' | 'startedAtMs'>,
  runningShare: number,
  nowMs: number,
): [number, number] | null {
  if (state !== 'running' || startedAtMs === null) return null;
  const elapsedS = (nowMs - startedAtMs) / 1000;
  // files may have failed at the door, in no time: only the low guess counts them as work done
  const slow = counts.completed + runningShare;
  const fast = slow + counts.failed;
  if (elapsedS <= 0 || slow <= 0) return null;
  const left = Math.max(0, counts.pending + counts.running - runningShare);
  return [Math.floor((left * elapsedS * 0.8) / fast), Math.ceil((left * elapsedS * 1.25) / slow)];
}
