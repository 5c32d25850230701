import type { MetricSpec } from './metric-spec.js';
import { gatewayMetrics } from './metrics-of-gateway.js';
import { maintenanceMetrics } from './metrics-of-maintenance.js';
import { orchestratorMetrics } from './metrics-of-orchestrator.js';
import { workerMetrics } from './metrics-of-worker.js';

export type { MetricSpec } from './metric-spec.js';

/** In front of every name below. */
export const metricPrefix = 'image2model_';

const generation = [1, 5, 10, 30, 60, 120, 300, 600] as const;
const redisScript = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1] as const;

/**
 * Every metric of the system, without its prefix; docs/generated/metrics.md is made from this list. Those of
 * one service are in metrics-of-*.ts beside this file.
 */
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
  redis_script_duration_seconds: {
    type: 'histogram',
    help: 'Time from the call of a Redis script to its answer, by script.',
    labels: ['script'],
    buckets: redisScript,
    services: ['gateway', 'batch-orchestrator', 'model-worker', 'maintenance-worker'],
  },
  redis_too_few_replicas_total: {
    type: 'counter',
    help: 'Looks that found fewer replicas of Redis than REDIS_WAIT_REPLICAS behind a step that must not be lost.',
    labels: [],
    services: 'all',
  },
  alerts_total: {
    type: 'counter',
    help: 'Alerts delivered, by channel: log, webhook, slack, pagerduty.',
    labels: ['severity', 'channel'],
    services: ['alert-service'],
  },
  alert_failures_total: {
    type: 'counter',
    help: 'Tries to deliver an alert that a channel did not take.',
    labels: ['channel'],
    services: ['alert-service'],
  },
  webhook_deliveries_total: {
    type: 'counter',
    help: "Tries of customers' webhooks, by what is told and what came of it: delivered, retried, failed, disabled.",
    labels: ['event', 'outcome'],
    services: ['alert-service'],
  },
  ...gatewayMetrics,
  ...orchestratorMetrics,
  ...workerMetrics,
  ...maintenanceMetrics,
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
