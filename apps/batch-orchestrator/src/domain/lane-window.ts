/** Bounds of a lane's window: enough to keep workers busy, little enough that priority and cancel act at once. */
const least = 64;
const most = 2_000;
const secondsAhead = 2;

/**
 * How many messages may be ready in a lane.
 * @param slots live worker slots @param perSecond messages the lane's workers take a second
 */
export function laneWindow(slots: number, perSecond: number): number {
  return Math.min(most, Math.max(least, 2 * slots, Math.ceil(secondsAhead * perSecond)));
}
