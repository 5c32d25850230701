export { FetchError, fetchFaults, type FetchFault } from './fetch-error.js';
export { createSafeFetch, type SafeFetch } from './safe-fetch.js';
