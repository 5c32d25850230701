export { FetchError, fetchFaults, type FetchFault } from './fetch-error.js';
export { createHostGate, type HostGate } from './host-gate.js';
export { createSafeFetch, type SafeFetch } from './safe-fetch.js';
export { createSafePost, type SafePost } from './safe-post.js';
export { postUrlFault } from './post-url.js';
