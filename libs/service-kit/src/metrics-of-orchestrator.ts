import type { MetricSpec } from './metric-spec.js';

const fanIn = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;

/** What the batch-orchestrator shows; a part of the catalogue in metric-names.ts. */
export const orchestratorMetrics = {
  dead_letters_open: {
    type: 'gauge',
    help: 'Dead letters that nobody redrove or discarded; told by the orchestrator that swept last.',
    labels: [],
    services: ['batch-orchestrator'],
  },
  dead_letter_redrives_total: {
    type: 'counter',
    help: 'Redrives of dead letters, by what came of them: sent, retried (its file), closed (nothing to do), waits, refused.',
    labels: ['outcome'],
    services: ['batch-orchestrator'],
  },
  files_settled_total: {
    type: 'counter',
    help: 'Files that reached their one terminal state: completed, failed, cancelled.',
    labels: ['outcome'],
    services: ['batch-orchestrator'],
  },
  settle_delay_seconds: {
    type: 'histogram',
    help: 'Fan-in: time from the word of a worker that files have ended to their one terminal state.',
    labels: [],
    buckets: fanIn,
    services: ['batch-orchestrator'],
  },
  completion_delay_seconds: {
    type: 'histogram',
    help: 'Fan-in: time from the last settled file of a batch to the confirmed batch.completed.',
    labels: [],
    buckets: fanIn,
    services: ['batch-orchestrator'],
  },
  batches_completed_total: {
    type: 'counter',
    help: 'Runs of batches that ended: completed, partial, failed, cancelled.',
    labels: ['status'],
    services: ['batch-orchestrator'],
  },
  lane_ready: {
    type: 'gauge',
    help: 'Ready messages in a lane.',
    labels: ['lane'],
    services: ['batch-orchestrator'],
  },
  lane_window: {
    type: 'gauge',
    help: 'How many ready messages the lane may hold now.',
    labels: ['lane'],
    services: ['batch-orchestrator'],
  },
  outbox_depth: {
    type: 'gauge',
    help: 'Events written to the outbox and not yet confirmed by the broker.',
    labels: [],
    services: ['batch-orchestrator'],
  },
  provider_slots: {
    type: 'gauge',
    help: 'Places at the provider over all workers: in_use, permitted, waiting; every replica shows the same.',
    labels: ['state'],
    services: ['batch-orchestrator'],
  },
  provider_parked: {
    type: 'gauge',
    help: '1 while nobody may submit to the provider; every replica shows the same.',
    labels: [],
    services: ['batch-orchestrator'],
  },
} as const satisfies Record<string, MetricSpec>;
