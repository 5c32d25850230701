import type { AppProcess } from '@image2model/testing';

/** An armed process logs that it came to its failpoint, before it fails there. */
export const saysReached = (armed: AppProcess): boolean => armed.output().includes('"failpoint reached"');
