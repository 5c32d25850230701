export { restrictSharp } from './inspect-image.js';
export { imageLimits, type ImageLimits } from './judge-image.js';
export { makeThumbnail } from './make-thumbnail.js';
export { createSlots, type Slots } from './slots.js';
export { judgeStoredImage, storeImage, type ImageStore, type StoredImage } from './store-image.js';
export { normaliseImage, type NormalisedImage } from './normalise-image.js';
