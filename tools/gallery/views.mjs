/**
 * Where the camera stands: degrees around the model from its front, and down from above it.
 * @type {readonly { name: string, around: number, down: number }[]}
 */
export const views = [
  { name: 'front', around: 0, down: 88 },
  { name: 'quarter', around: 42, down: 76 },
  { name: 'side', around: 90, down: 88 },
  { name: 'back', around: 180, down: 88 },
];

/** Pixels of a picture, which is square, and of the photo's thumbnail. */
export const pictureSide = 440;
export const thumbnailSide = 240;

/** @param {string} name @param {string} view */
export const pictureFile = (name, view) => `${name}-${view}.webp`;
