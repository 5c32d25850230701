import type { MetricSpec } from './metric-spec.js';

/** What the maintenance-worker shows; a part of the catalogue in metric-names.ts. */
export const maintenanceMetrics = {
  backlog_files: {
    type: 'gauge',
    help: 'Files of accepted batches without a terminal state: pending, running; shown by the replica elected to look.',
    labels: ['lane', 'state'],
    services: ['maintenance-worker'],
  },
  oldest_waiting_seconds: {
    type: 'gauge',
    help: 'Age of the oldest batch of a lane that has a file nobody works on; shown like backlog_files.',
    labels: ['lane'],
    services: ['maintenance-worker'],
  },
  active_batches: {
    type: 'gauge',
    help: 'Batches under way; shown like backlog_files.',
    labels: [],
    services: ['maintenance-worker'],
  },
  queue_consumers: {
    type: 'gauge',
    help: 'Consumers of a work queue, as the broker counts them; shown like backlog_files.',
    labels: ['queue'],
    services: ['maintenance-worker'],
  },
  disk_used_ratio: {
    type: 'gauge',
    help: 'How full the storage is, 0 to 1, by the last health check that this process ran.',
    labels: [],
    services: ['maintenance-worker'],
  },
  memory_used_ratio: {
    type: 'gauge',
    help: 'Memory in use on the machine or in the container, 0 to 1, by the last health check that this process ran.',
    labels: [],
    services: ['maintenance-worker'],
  },
  live_processes: {
    type: 'gauge',
    help: 'Processes of a service whose heartbeat is fresh; shown like backlog_files.',
    labels: ['service'],
    services: ['maintenance-worker'],
  },
  queue_length: {
    type: 'gauge',
    help: 'Ready messages in a queue; shown by the maintenance worker that was elected to look.',
    labels: ['queue'],
    services: ['maintenance-worker'],
  },
  health_status: {
    type: 'gauge',
    help: 'The last health check: 0 healthy, 1 degraded, 2 critical; shown like backlog_files.',
    labels: [],
    services: ['maintenance-worker'],
  },
  cleanup_batches_total: {
    type: 'counter',
    help: 'Batches deleted by clean-up.',
    labels: ['job'],
    services: ['maintenance-worker'],
  },
  cleanup_bytes_total: {
    type: 'counter',
    help: 'Bytes freed by clean-up.',
    labels: ['job'],
    services: ['maintenance-worker'],
  },
  cleanup_files_total: {
    type: 'counter',
    help: 'Files removed from storage by clean-up.',
    labels: ['job'],
    services: ['maintenance-worker'],
  },
  cleanup_keys_total: {
    type: 'counter',
    help: 'Redis keys removed by clean-up.',
    labels: ['job'],
    services: ['maintenance-worker'],
  },
} as const satisfies Record<string, MetricSpec>;
