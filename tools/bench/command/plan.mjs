/** @typedef {'image2model' | 'bullmq-progress' | 'celery-original' | 'raw-quorum'} SystemName */

/** In the order in which they take their turns. @type {readonly SystemName[]} */
export const systemNames = ['image2model', 'bullmq-progress', 'celery-original', 'raw-quorum'];

const usualSizes = [100, 1_000, 10_000];
const largeSize = 100_000;
/** Those that need seconds, not minutes, for the large batch. @type {readonly SystemName[]} */
const fitForLarge = ['image2model', 'raw-quorum'];
/** A batch below this is over so soon that it runs twice a round. */
const smallBelow = 1_000;
/** Long runs vary less, so two of them are enough: from this many files on. @type {Partial<Record<SystemName, number>>} */
const longFrom = { 'celery-original': 10_000 };
const longRounds = 2;

/**
 * One system that is started, runs these batches and is stopped: so no other one disturbs it.
 * @typedef {{ system: SystemName, round: number, sizes: number[] }} Visit round: from 1; sizes: files, ascending
 */

/** @param {SystemName} system @param {number} size @param {number} round */
const isLeftOut = (system, size, round) => size >= (longFrom[system] ?? largeSize) && round > longRounds;

/**
 * Who runs what, and when: A B C D, A B C D …, so that a slow minute of the machine hits all of them.
 * @param {{ only: readonly SystemName[], sizes: number[] | null, large: boolean, repeats: number }} wishes
 * @returns {Visit[]}
 */
export function planVisits({ only, sizes, large, repeats }) {
  const all = (/** @type {SystemName} */ system) => [
    ...(sizes ?? usualSizes),
    ...(large && fitForLarge.includes(system) && !sizes?.includes(largeSize) ? [largeSize] : []),
  ];
  const visits = [];
  for (let round = 1; round <= repeats; round += 1) {
    for (const system of only) {
      const runs = all(system)
        .filter((size) => !isLeftOut(system, size, round))
        .flatMap((size) => (size < smallBelow ? [size, size] : [size]));
      if (runs.length > 0) visits.push({ system, round, sizes: runs });
    }
  }
  return visits;
}
