const always = 20;
const share = 0.1;

/** More stored batches than this are not leftovers of crashes: it is Redis that has lost its data, and they may be all that is left. */
export const tooManyUnknown = (unknown: number, folders: number): boolean =>
  unknown > Math.max(always, share * folders);
