import type { ExpiryScan } from '@image2model/progress';
import type { TimeSlice } from '../domain/time-slice.js';

/** Steps of one run: half a million keys. */
const mostSteps = 1_000;

/** Walks on through all keys from a cursor. @returns where to go on, '0' at the end, and how many keys were dropped */
export async function sweepKeys(
  scan: Pick<ExpiryScan, 'step'>,
  from: string,
  slice: TimeSlice,
): Promise<{ cursor: string; dropped: number }> {
  let cursor = from;
  let dropped = 0;
  for (let steps = 0; steps < mostSteps && !slice.over(); steps += 1) {
    const step = await scan.step(cursor);
    cursor = step.cursor;
    dropped += step.dropped;
    if (cursor === '0') break;
  }
  return { cursor, dropped };
}
