import type { Metrics } from './metrics.js';

/** What became of one delivery, in the words of the broker library (its TaskReport fits). */
export interface FinishedTask {
  readonly queue: string;
  readonly type: string;
  readonly outcome: string;
  readonly seconds: number;
  readonly kind?: string;
}

/** Counts every delivery of a service: `connectBroker({ onTask: recordTasks(metrics) })`. */
export const recordTasks =
  (metrics: Metrics) =>
  ({ queue, type, outcome, seconds, kind }: FinishedTask): void => {
    metrics.inc('tasks_total', { task: type, status: outcome });
    metrics.observe('task_duration_seconds', { task: type }, seconds);
    if (outcome === 'retried') metrics.inc('retries_total', { kind: kind ?? 'unknown' });
    if (outcome === 'dead' || outcome === 'invalid') metrics.inc('dead_letters_total', { queue });
  };
