import type { ServiceName } from '../topology.js';

/** Which services publish a message, by its type. A test reads the sources and fails when this says anything else. */
export const publishers = {
  'batch.submitted': ['gateway'],
  'batch.cancel-requested': ['gateway'],
  'model.generate': ['batch-orchestrator', 'model-worker'],
  'generation.notified': ['gateway'],
  'file.settled': ['model-worker'],
  'batch.completed': ['batch-orchestrator'],
  'message.dead-lettered': ['batch-orchestrator'],
  'dead-letter.redrive': ['gateway'],
  'webhook.gather': ['batch-orchestrator'],
  'webhook.deliver': ['gateway', 'alert-service'],
  'alert.send': ['gateway', 'model-worker', 'maintenance-worker', 'alert-service'],
  'alert.deliver': ['alert-service'],
  'maintenance.run': ['gateway', 'maintenance-worker'],
  'maintenance.erase-batch': ['gateway', 'maintenance-worker'],
} as const satisfies Record<string, readonly ServiceName[]>;

/** The types of the messages that a service publishes. */
export const publishedBy = (service: ServiceName): string[] =>
  Object.entries<readonly ServiceName[]>(publishers).flatMap(([type, by]) =>
    by.includes(service) ? [type] : [],
  );
