import {
  allDeclarations,
  deadQueueName,
  delayQueueName,
  workQueues,
  type OpsQueue,
  type WorkQueue,
} from '@image2model/contracts';
import type { HeartbeatRecord } from '@image2model/progress';

/** What the broker says of a queue. */
export interface QueueDepth {
  ready: number;
  consumers: number;
}
export type QueueDepths = ReadonlyMap<string, QueueDepth>;
export type QueueLoad = Pick<OpsQueue, 'unacked' | 'handled_per_second' | 'oldest_unacked_seconds'>;

export interface KnownQueue {
  name: string;
  role: OpsQueue['role'];
  /** the queue that it belongs to */
  of: WorkQueue;
}

const owners = new Map(
  workQueues.flatMap((queue) =>
    [
      queue.name,
      deadQueueName(queue.name),
      ...queue.delays.map((rung) => delayQueueName(rung, queue.name)),
    ].map((name) => [name, queue] as const),
  ),
);

/** Every queue of the topology. */
export const knownQueues: readonly KnownQueue[] = allDeclarations().flatMap(({ name, role }) => {
  const of = owners.get(name);
  return of === undefined ? [] : [{ name, role, of }];
});

/** What all processes together have of a queue in their hands. */
export function loadOf(queue: string, fleet: readonly HeartbeatRecord[]): QueueLoad {
  const loads = fleet.flatMap(({ report }) => report.queues.filter((load) => load.queue === queue));
  const oldest = loads.flatMap(({ oldestUnackedMs }) => oldestUnackedMs ?? []);
  return {
    unacked: sum(loads.map(({ unacked }) => unacked)),
    handled_per_second: rounded(sum(loads.map(({ handledPerSecond }) => handledPerSecond))),
    oldest_unacked_seconds: oldest.length === 0 ? null : rounded(Math.max(...oldest) / 1_000),
  };
}

export function queueView(
  { name, role, of }: KnownQueue,
  depths: QueueDepths,
  fleet: readonly HeartbeatRecord[],
): OpsQueue {
  const { ready, consumers } = depths.get(name) ?? { ready: 0, consumers: 0 };
  return { name, service: of.service, role, task: of.message, ready, consumers, ...loadOf(name, fleet) };
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
/** To a tenth: more is noise. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;
