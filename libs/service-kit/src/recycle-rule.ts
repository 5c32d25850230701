/** When a process is to hand over and start anew; 0 = never for that reason. */
export interface RecycleLimits {
  afterTasks: number;
  afterMb: number;
}

/** Up to a tenth more for each process: replicas that started together do not end together. */
const jitterShare = 0.1;
/** A process that is too large from its start would only start again and again. */
const memoryCountsAfterMs = 60_000;

/**
 * @param random 0–1, fixed for the life of the process
 * @returns says why the process is to be recycled; undefined: it is not
 */
export function createRecycleRule(
  { afterTasks, afterMb }: RecycleLimits,
  random: number,
): (now: { handled: number; rssMb: number; aliveMs: number }) => string | undefined {
  const most = Math.ceil(afterTasks * (1 + jitterShare * random));
  return ({ handled, rssMb, aliveMs }) => {
    if (afterTasks > 0 && handled >= most) return `${handled} tasks of ${most}`;
    if (afterMb > 0 && rssMb > afterMb && aliveMs >= memoryCountsAfterMs)
      return `${Math.round(rssMb)} MB of ${afterMb}`;
    return undefined;
  };
}
