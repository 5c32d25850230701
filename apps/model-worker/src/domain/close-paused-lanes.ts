import { lanes, type Lane } from '@image2model/contracts';

/** Where files wait for their turn. */
export interface LaneEntrance {
  close(lane: Lane, reason: Error): void;
  open(lane: Lane): void;
}

/** What waits in a paused lane leaves this process, however long the wait would have been: nothing more is begun or paid. */
export function closePausedLanes(
  beating: { lanePaused(lane: Lane): boolean },
  entrances: readonly LaneEntrance[],
): void {
  for (const lane of lanes)
    for (const entrance of entrances)
      if (beating.lanePaused(lane)) entrance.close(lane, new Error(`the lane ${lane} is paused`));
      else entrance.open(lane);
}
