/** Every service of the system, in the order in which a reader meets them; each lives in apps/<name>. */
export const serviceNames = [
  'gateway',
  'batch-orchestrator',
  'model-worker',
  'maintenance-worker',
  'alert-service',
];
