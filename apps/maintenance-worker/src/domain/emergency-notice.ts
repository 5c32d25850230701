import { describeFreed, type Freed } from './freed.js';

/** How an emergency clean-up ended. `done`: the disk is below the mark; `exhausted`: it is not, and nothing is left to free. */
export interface EmergencyEnd {
  how: 'needless' | 'done' | 'exhausted';
  /** how full the disk was and is, % */
  beforePercent: number;
  afterPercent: number;
  targetPercent: number;
  freed: Pick<Freed, 'batches' | 'files' | 'bytes'>;
}

/** For people: what was freed, and what they should do when that was not enough. */
export function describeEmergency({
  how,
  beforePercent,
  afterPercent,
  targetPercent,
  freed,
}: EmergencyEnd): string {
  const [before, after] = [beforePercent, afterPercent].map((percent) => `${percent.toFixed(1)} %`);
  if (how === 'needless')
    return `the disk is ${after} full, below the mark of ${targetPercent} %: nothing to do`;
  const result = `freed ${describeFreed(freed)}; the disk was ${before} full and is ${after}`;
  if (how === 'done') return result;
  return `${result}, above the mark of ${targetPercent} %, and nothing is left that may be freed: add disk space, or remove what else fills the disk`;
}
