import type { Broker } from '@image2model/broker';
import type { FactFeed, Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import type { QueueDepth } from '../domain/queue-view.js';
import type { Route } from '../domain/route.js';
import { listLanes, pauseLane, resumeLane } from './control-lane.js';
import { listProviders, pauseProvider, resumeProvider } from './control-provider.js';
import { drainWorker, resumeWorker } from './control-worker.js';
import { getOverview } from './get-overview.js';
import { listHealth } from './list-health.js';
import { listQueues } from './list-queues.js';
import { listSchedules } from './list-schedules.js';
import { listTasks } from './list-tasks.js';
import { getWorker, listWorkers } from './list-workers.js';
import type { OpsEventFeed } from './ops-event-feed.js';
import { createOpsLooks } from './ops-looks.js';
import { purgeQueue } from './purge-queue.js';
import type { Governors } from './read-governors.js';
import { runCleanUp, runHealthCheck } from './run-maintenance-job.js';
import { setLogLevel } from './set-log-level.js';
import { streamOpsEvents } from './stream-ops-events.js';
import type { StreamLimits } from './stream-limits.js';

/** What operating the installation needs. */
export interface OpsParts extends Pick<
  Progress,
  | 'batches'
  | 'backlog'
  | 'deadLetters'
  | 'fleet'
  | 'ops'
  | 'opsEvents'
  | 'opsViews'
  | 'orders'
  | 'schedules'
  | 'spend'
> {
  broker: Pick<Broker, 'publish'> & {
    depth(queue: string): Promise<QueueDepth>;
    purge(queue: string): Promise<number>;
  };
  governors: Governors;
  logger: Logger;
  feed: FactFeed;
  opsFeed: OpsEventFeed;
  streams: StreamLimits;
  version: string;
}

/** Every route below /v1/ops but those of dead letters and alerts; all of them ask for the scope ops. */
export function opsRoutesOf(given: OpsParts): Route[] {
  const parts = { ...given, looks: createOpsLooks(given), limits: given.streams };
  return [
    getOverview(parts),
    listQueues(parts),
    purgeQueue(parts),
    listWorkers(parts),
    getWorker(parts),
    drainWorker(parts),
    resumeWorker(parts),
    listTasks(parts),
    listLanes(parts),
    pauseLane(parts),
    resumeLane(parts),
    listProviders(parts),
    pauseProvider(parts),
    resumeProvider(parts),
    listHealth(parts),
    listSchedules(parts),
    ...runCleanUp(parts),
    runHealthCheck(parts),
    setLogLevel(parts),
    streamOpsEvents(parts),
  ];
}
