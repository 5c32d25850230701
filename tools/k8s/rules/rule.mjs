/**
 * What holds for every set of manifests. A rule answers with one text for each breach, which names the object and what to do.
 * @typedef {object} Rule
 * @property {string} name
 * @property {string} about
 * @property {(bundle: import('../checks/render.mjs').Bundle, facts: import('../checks/load-facts.mjs').Facts) => string[]} check
 */

/** Our services; everything else (RabbitMQ, Redis, MinIO) is somebody else's program. */
export const services = [
  'gateway',
  'batch-orchestrator',
  'model-worker',
  'maintenance-worker',
  'alert-service',
];

/** After SIGTERM a service is gone within so many seconds (libs/service-kit). */
export const closingSeconds = 25;
/** A check of /readyz gives up after so many. */
export const readySeconds = 2;
