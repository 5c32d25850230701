import { setTimeout as sleep } from 'node:timers/promises';
import { laneQueues, lanes, type Lane, type OpsLane } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { isoTime } from '../domain/batch-view.js';
import { isDependencyDown } from '../domain/dependency-down.js';
import type { QueueDepths } from '../domain/queue-view.js';
import type { OpsLooks } from './ops-looks.js';

export interface LaneReading {
  orders: Pick<Progress['orders'], 'pausedLanes'>;
  opsViews: Pick<Progress['opsViews'], 'laneBatches'>;
  looks: OpsLooks;
}

/** The lanes, highest first; they are shown without the broker as well. */
export async function readLanes({ orders, opsViews, looks }: LaneReading): Promise<OpsLane[]> {
  const [paused, batches, depths] = await Promise.all([
    orders.pausedLanes(),
    opsViews.laneBatches(),
    depthsOrNull(looks),
  ]);
  return lanes.map((lane: Lane) => {
    const why = paused.get(lane);
    return {
      lane,
      paused: why === undefined ? null : { detail: why.detail, by: why.by, since: isoTime(why.sinceMs) },
      ready: depths === null ? null : (depths.get(laneQueues[lane].name)?.ready ?? 0),
      batches: batches.get(lane) ?? 0,
    };
  });
}

/** Who looks at night does not wait for a broker that hangs. */
const patienceMs = 1_500;

/** null while the broker is away: that is when operators look. */
export async function depthsOrNull(looks: Pick<OpsLooks, 'depths'>): Promise<QueueDepths | null> {
  try {
    return await Promise.race([looks.depths(), sleep(patienceMs, null, { ref: false })]);
  } catch (error) {
    if (isDependencyDown(error)) return null;
    throw error;
  }
}
