import type { Broker } from '@image2model/broker';
import { services, workQueues, type ServiceName } from '@image2model/contracts';
import type { Backlog, Fleet } from '@image2model/progress';
import type { Metrics } from '@image2model/service-kit';
import { healthStatuses, type HealthStatus } from '../domain/judge-health.js';

export interface QueueWatchDeps {
  fleet: Pick<Fleet, 'holdLease' | 'heartbeats' | 'serverTimeMs'>;
  instance: string;
  metrics: Metrics;
  /** Ready messages by queue. */
  queues: { work(): Promise<Record<string, number>>; dead(): Promise<Record<string, number>> };
  broker: Pick<Broker, 'depth'>;
  backlog: Pick<Backlog, 'look'>;
  /** Of the last check, whoever ran it; undefined before the first. */
  lastHealth: () => Promise<HealthStatus | undefined>;
  /** Services that an autoscaler may end: that they have no process is not shown, or somebody would be called. */
  sleeping: readonly ServiceName[];
}

export const queueWatchIntervalMs = 15_000;

/** What is the same for all processes is shown by one: the others show nothing rather than old numbers. */
const shared = [
  'health_status',
  'queue_length',
  'queue_consumers',
  'backlog_files',
  'oldest_waiting_seconds',
  'active_batches',
  'live_processes',
] as const;

/** Keeps the figures of the whole installation current on one replica. */
export function createQueueWatch(deps: QueueWatchDeps) {
  const { fleet, instance, metrics } = deps;
  return async (): Promise<void> => {
    const elected = await fleet.holdLease('queue-length', instance, 2 * queueWatchIntervalMs);
    if (!elected) {
      for (const name of shared) metrics.clear(name);
      return;
    }
    // one that cannot be read does not take the others away
    const shown = await Promise.allSettled([
      showQueues(deps),
      showBacklog(deps),
      showProcesses(deps),
      showHealth(deps),
    ]);
    const failed = shown.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
}

async function showQueues({ queues, broker, metrics }: QueueWatchDeps): Promise<void> {
  const counts = { ...(await queues.work()), ...(await queues.dead()) };
  for (const [queue, ready] of Object.entries(counts)) metrics.set('queue_length', { queue }, ready);
  for (const { name: queue } of workQueues) {
    const { consumers } = await broker.depth(queue);
    metrics.set('queue_consumers', { queue }, consumers);
  }
}

async function showHealth({ lastHealth, metrics }: QueueWatchDeps): Promise<void> {
  const status = await lastHealth();
  if (status !== undefined) metrics.set('health_status', {}, healthStatuses.indexOf(status));
}

async function showBacklog({ backlog, fleet, metrics }: QueueWatchDeps): Promise<void> {
  const [{ batches, byLane }, nowMs] = await Promise.all([backlog.look(), fleet.serverTimeMs()]);
  metrics.set('active_batches', {}, batches);
  for (const [lane, { pending, running, oldestWaitingAtMs }] of Object.entries(byLane)) {
    metrics.set('backlog_files', { lane, state: 'pending' }, pending);
    metrics.set('backlog_files', { lane, state: 'running' }, running);
    const waitedMs = oldestWaitingAtMs === null ? 0 : Math.max(0, nowMs - oldestWaitingAtMs);
    metrics.set('oldest_waiting_seconds', { lane }, waitedMs / 1000);
  }
}

async function showProcesses({ fleet, metrics, sleeping }: QueueWatchDeps): Promise<void> {
  const live = await fleet.heartbeats();
  metrics.clear('live_processes');
  for (const service of services) {
    const own = live.filter((process) => process.service === service);
    if (own.length > 0 || !sleeping.includes(service)) metrics.set('live_processes', { service }, own.length);
  }
}
