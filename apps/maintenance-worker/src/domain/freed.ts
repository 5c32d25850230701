/** What a clean-up removed. */
export interface Freed {
  batches: number;
  files: number;
  bytes: number;
  keys: number;
}

export const nothingFreed = (): Freed => ({ batches: 0, files: 0, bytes: 0, keys: 0 });

/** Adds to the first. */
export function addFreed(sum: Freed, more: Partial<Freed>): void {
  sum.batches += more.batches ?? 0;
  sum.files += more.files ?? 0;
  sum.bytes += more.bytes ?? 0;
  sum.keys += more.keys ?? 0;
}

export const isNothing = ({ batches, files, keys }: Freed): boolean => batches + files + keys === 0;

/** For people: `3 batches, 12 files, 4.5 MB`. */
export const describeFreed = ({
  batches,
  files,
  bytes,
}: Pick<Freed, 'batches' | 'files' | 'bytes'>): string =>
  `${counted(batches, 'batch', 'batches')}, ${counted(files, 'file', 'files')}, ${describeBytes(bytes)}`;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function describeBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power] ?? 'B'}`;
}
