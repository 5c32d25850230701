/** What there is to know of a batch whose provider is paid. */
interface InFlight {
  cursor: number;
  redo: number;
  settled: number;
}

/** Files of one paid batch that may be with the workers, whatever the provider's limit is. */
const least = 64;

/**
 * How many more files of a paid batch may be published. The provider takes few files at a time and each of them long:
 * what waits for it in a queue would stand before the files of every tenant that comes later. Twice of what the
 * provider takes keeps its slots busy.
 * @param permitted generations at the provider at a time, over all workers
 */
export const paidRoom = ({ cursor, redo, settled }: InFlight, permitted: number): number =>
  Math.max(least, 2 * permitted) - Math.max(0, cursor - redo - settled);
