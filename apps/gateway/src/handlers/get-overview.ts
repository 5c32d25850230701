import { lanes, type Overview, type ServiceName } from '@image2model/contracts';
import type { BacklogView, HeartbeatRecord, Progress } from '@image2model/progress';
import { isoTime } from '../domain/batch-view.js';
import { healthView } from '../domain/health-view.js';
import { knownQueues, loadOf, rounded, sum, type QueueDepths } from '../domain/queue-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { providerViews, type ProviderReading } from './control-provider.js';
import { depthsOrNull, readLanes, type LaneReading } from './read-lanes.js';

interface Parts extends LaneReading, ProviderReading {
  ops: Pick<Progress['ops'], 'lastHealth'>;
  deadLetters: Pick<Progress['deadLetters'], 'counts'>;
  version: string;
}

/** The whole installation at one look; also while the broker is away. */
export const getOverview = (parts: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/overview',
    async handle({ caller }) {
      const { looks, ops, deadLetters, version } = parts;
      const [health, fleet, backlog, depths, dead, laneViews, providers] = await Promise.all([
        ops.lastHealth(),
        looks.fleet(),
        looks.backlog(),
        depthsOrNull(looks),
        deadLetters.counts(),
        readLanes(parts),
        providerViews(parts, caller.tenant),
      ]);
      const nowMs = Date.now();
      const overview: Overview = {
        at: isoTime(nowMs),
        version,
        health: healthView(health)[0] ?? null,
        services: servicesView(fleet),
        backlog: backlogView(backlog, nowMs),
        queues: depths === null ? null : queuesView(depths, fleet),
        dead_letters_open: dead.open,
        lanes: laneViews,
        providers,
        handled_per_second: rounded(
          sum(fleet.flatMap(({ report }) => report.queues.map(({ handledPerSecond }) => handledPerSecond))),
        ),
      };
      return { status: 200, json: overview };
    },
  });

function servicesView(fleet: readonly HeartbeatRecord[]): Overview['services'] {
  const of = (service: ServiceName): Overview['services'][ServiceName] => {
    const own = fleet.filter((beat) => beat.service === service);
    return { live: own.length, draining: own.filter(({ report }) => report.state !== 'running').length };
  };
  return {
    gateway: of('gateway'),
    'batch-orchestrator': of('batch-orchestrator'),
    'model-worker': of('model-worker'),
    'maintenance-worker': of('maintenance-worker'),
    'alert-service': of('alert-service'),
  };
}

function backlogView({ batches, byLane }: BacklogView, nowMs: number): Overview['backlog'] {
  const all = lanes.map((lane) => byLane[lane]);
  const waiting = all.flatMap(({ oldestWaitingAtMs }) => oldestWaitingAtMs ?? []);
  return {
    batches_active: batches,
    files_pending: sum(all.map(({ pending }) => pending)),
    files_running: sum(all.map(({ running }) => running)),
    oldest_waiting_seconds:
      waiting.length === 0 ? null : Math.max(0, rounded((nowMs - Math.min(...waiting)) / 1_000)),
  };
}

function queuesView(depths: QueueDepths, fleet: readonly HeartbeatRecord[]): Overview['queues'] {
  const ready = (role: string): number =>
    sum(knownQueues.flatMap((queue) => (queue.role === role ? (depths.get(queue.name)?.ready ?? 0) : [])));
  return {
    ready: ready('work'),
    unacked: sum(knownQueues.map(({ name }) => loadOf(name, fleet).unacked)),
    dead: ready('dead'),
  };
}
