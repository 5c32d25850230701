import type { ServiceName } from '@image2model/contracts';

/** One metric family. `services` are those that show it from their start, with or without samples. */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  readonly services: 'all' | readonly ServiceName[];
}

/** In front of every name below. */
export const metricPrefix = 'image2model_';

const generation = [1, 5, 10, 30, 60, 120, 300, 600] as const;
const http = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Every metric of the system, without its prefix; docs/generated/metrics.md is made from this list. */
export const metricCatalog = {
  tasks_total: {
    type: 'counter',
    help: 'Messages handled, by task (message type) and how it ended: done, retried, dead, invalid, requeued.',
    labels: ['task', 'status'],
    services: 'all',
  },
  task_duration_seconds: {
    type: 'histogram',
    help: 'Time from a delivery to the end of its handler.',
    labels: ['task'],
    buckets: generation,
    services: 'all',
  },
  active_tasks: { type: 'gauge', help: 'Handlers at work now.', labels: ['task'], services: 'all' },
  retries_total: {
    type: 'counter',
    help: 'Messages sent to a rung of the retry ladder, by kind of failure.',
    labels: ['kind'],
    services: 'all',
  },
  dead_letters_total: {
    type: 'counter',
    help: 'Messages that ended in a dead-letter queue, by the queue they were in.',
    labels: ['queue'],
    services: 'all',
  },
  build_info: { type: 'gauge', help: 'Always 1.', labels: ['service', 'version', 'node'], services: 'all' },
  source_fetches_total: {
    type: 'counter',
    help: 'Images asked for by URL, by what came of it: stored, refused (never asked again), failed (asked again).',
    labels: ['outcome'],
    services: ['model-worker'],
  },
  http_requests_total: {
    type: 'counter',
    help: 'Requests answered by the API, by route pattern.',
    labels: ['method', 'route', 'status'],
    services: ['gateway'],
  },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from a request to the end of its answer, event streams left out.',
    labels: ['method', 'route'],
    buckets: http,
    services: ['gateway'],
  },
  sse_clients: { type: 'gauge', help: 'Open event streams.', labels: [], services: ['gateway'] },
  upload_bytes_total: {
    type: 'counter',
    help: 'Bytes of images taken in.',
    labels: [],
    services: ['gateway'],
  },
  files_settled_total: {
    type: 'counter',
    help: 'Files that reached their one terminal state: completed, failed, cancelled.',
    labels: ['outcome'],
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
  worker_slots: {
    type: 'gauge',
    help: 'Files this worker handles at once.',
    labels: [],
    services: ['model-worker'],
  },
  worker_threads_recycled_total: {
    type: 'counter',
    help: 'Generator threads that ended: planned, memory, time-limit, crash, aborted, closed.',
    labels: ['reason'],
    services: ['model-worker'],
  },
  provider_submits_total: {
    type: 'counter',
    help: 'Paid submits by what was answered: accepted, refused, unknown.',
    labels: ['answer'],
    services: ['model-worker'],
  },
  generation_cost_usd_total: {
    type: 'counter',
    help: 'Prices of accepted generations, USD; refunds are not taken off.',
    labels: ['endpoint'],
    services: ['model-worker'],
  },
  provider_limit: {
    type: 'gauge',
    help: 'Generations that the provider seems to run at the same time, as this process heard last.',
    labels: [],
    services: ['model-worker'],
  },
  possible_double_charge_total: {
    type: 'counter',
    help: 'Images submitted once more although nobody knows whether their first submit was accepted.',
    labels: [],
    services: ['model-worker'],
  },
  extra_submits_total: {
    type: 'counter',
    help: 'Requests at the provider that their file has no use for; it was asked to cancel them.',
    labels: [],
    services: ['model-worker'],
  },
  generations_slow_total: {
    type: 'counter',
    help: 'Generations that took longer than the soft limit.',
    labels: [],
    services: ['model-worker'],
  },
  queue_length: {
    type: 'gauge',
    help: 'Ready messages in a queue; shown by the maintenance worker that was elected to look.',
    labels: ['queue'],
    services: ['maintenance-worker'],
  },
  health_status: {
    type: 'gauge',
    help: 'The last health check this process ran: 0 healthy, 1 degraded, 2 critical.',
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
  alerts_total: {
    type: 'counter',
    help: 'Alerts delivered, by channel: log, webhook.',
    labels: ['severity', 'channel'],
    services: ['alert-service'],
  },
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof metricCatalog;
type Catalog = typeof metricCatalog;
type NamesOf<T extends MetricSpec['type']> = {
  [N in MetricName]: Catalog[N]['type'] extends T ? N : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;

/** The labels of a metric, all of them required; `{}` for one without labels. */
export type LabelsOf<N extends MetricName> = [Catalog[N]['labels'][number]] extends [never]
  ? Record<string, never>
  : Record<Catalog[N]['labels'][number], string>;
