import { lanes, type Lane } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { WorkFacts } from '../domain/health-facts.js';

/** A completion that is announced later than this is stuck. */
const announcedWithinMs = 60_000;

export type WorkSources = Pick<Progress, 'backlog' | 'deadLetters' | 'vitals' | 'orders' | 'fleet'>;

/** Whether the work moves on, by Redis's clock. */
export async function probeWork(sources: WorkSources): Promise<WorkFacts> {
  const { backlog, deadLetters, vitals, orders, fleet } = sources;
  const nowMs = await fleet.serverTimeMs();
  const [view, counts, stuck, governors, paused] = await Promise.all([
    backlog.look(),
    deadLetters.counts(),
    vitals.unannounced(nowMs - announcedWithinMs),
    vitals.governors(Date.now()),
    orders.pausedLanes(),
  ]);
  const open: readonly Lane[] = lanes.filter((lane) => !paused.has(lane));
  const waiting = open.flatMap((lane) => view.byLane[lane].oldestWaitingAtMs ?? []);
  return {
    oldestWaitingS: waiting.length === 0 ? null : Math.max(0, (nowMs - Math.min(...waiting)) / 1_000),
    openDeadLetters: counts.open,
    unannounced: stuck.count,
    providers: [...governors].flatMap(([name, { parked }]) =>
      parked === null ? [] : [{ name, code: parked.code, detail: parked.detail }],
    ),
  };
}
