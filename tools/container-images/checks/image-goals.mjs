/** The most that an image may take unpacked, MB (millions of bytes). */
const goalMegabytes = { 'model-worker': 420 };
const otherwise = 300;

/** @param {string} service @returns {number} */
export const goalOf = (service) =>
  /** @type {Record<string, number>} */ (goalMegabytes)[service] ?? otherwise;

/** After SIGTERM a service is gone in so many seconds: Kubernetes kills it then. */
export const stopWithinS = 30;

/** The user of every image. */
export const imageUser = 1000;
