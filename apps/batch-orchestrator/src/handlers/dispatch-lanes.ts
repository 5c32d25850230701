import type { Broker } from '@image2model/broker';
import { lanes, type Lane } from '@image2model/contracts';
import type { Beating, Governor, GovernorState, Progress } from '@image2model/progress';
import { repeat, type Logger, type Metrics } from '@image2model/service-kit';
import { LaneDispatcher, type DispatchTiming } from './dispatch-lane.js';

const lookEveryMs = 1_000;
const slotsEveryMs = 1_000;

export interface Dispatchers {
  /** A lane has a new batch. When another process dispatches the lane, it is told. */
  look(lane: Lane): Promise<void>;
  /** Workers took messages: lanes with work may have room. */
  refill(all?: boolean): void;
  /** The process takes nothing: gives its lanes to others. Resolves when it has. */
  standStill(): Promise<void>;
  close(): Promise<void>;
}

/** @returns how many generations may be under way at a time */
function showProvider(metrics: Metrics, { permitted, inUse, waiting, parked }: GovernorState): number {
  for (const [state, places] of Object.entries({ permitted, in_use: inUse, waiting }))
    metrics.set('provider_slots', { state }, places);
  metrics.set('provider_parked', {}, parked === null ? 0 : 1);
  return permitted;
}

/** The dispatchers of all lanes in this process, kept awake by nudges and, at the latest, once a second. */
export async function startDispatchers(deps: {
  broker: Broker;
  progress: Progress;
  instance: string;
  beating: Pick<Beating, 'lanePaused' | 'taking'>;
  timing: DispatchTiming;
  /** of the paid provider; undefined: this process does not know it */
  governor: Pick<Governor, 'state'> | undefined;
  logger: Logger;
  metrics: Metrics;
}): Promise<Dispatchers> {
  const { progress, logger } = deps;
  let [slots, permitted] = [0, 0];
  const byLane = new Map(
    lanes.map((lane) => [
      lane,
      new LaneDispatcher({ ...deps, lane, slots: () => slots, permitted: () => permitted }),
    ]),
  );
  await progress.onNudge((lane, batchId) => {
    const dispatcher = byLane.get(lane);
    if (dispatcher?.holds !== true) return;
    if (batchId === undefined) dispatcher.nudge(true);
    else dispatcher.announce(batchId);
  });
  const looks = repeat({
    name: 'looking for work to fan out',
    everyMs: lookEveryMs,
    logger,
    run: () => {
      for (const dispatcher of byLane.values()) dispatcher.nudge(true);
    },
  });
  const counts = repeat({
    name: 'counting worker slots',
    everyMs: slotsEveryMs,
    logger,
    run: async () => {
      const live = await progress.fleet.live();
      slots = live.reduce((sum, { slots: own }) => sum + own, 0);
      if (deps.governor !== undefined) permitted = showProvider(deps.metrics, await deps.governor.state());
    },
  });
  return {
    async look(lane) {
      const dispatcher = byLane.get(lane);
      dispatcher?.nudge(true);
      if (dispatcher?.holds !== true) await progress.lanes.nudge(lane);
    },
    refill(all = false) {
      for (const dispatcher of byLane.values()) if (all || dispatcher.busy) dispatcher.nudge(all);
    },
    async standStill() {
      await Promise.all([...byLane.values()].map((dispatcher) => dispatcher.standStill()));
    },
    async close() {
      await Promise.all([looks.close(), counts.close()]);
      await Promise.all([...byLane.values()].map((dispatcher) => dispatcher.close()));
    },
  };
}
