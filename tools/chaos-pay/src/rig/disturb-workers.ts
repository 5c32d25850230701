import { setTimeout as pause } from 'node:timers/promises';
import type { Rig } from './open-rig.js';
import { seeded } from './seeded.js';
import { settledOf } from './views.js';

/** Submits that were accepted and files that were settled, between two disturbances at least. */
const stepsBetween = 8;
/** So long nothing may happen at all, ms: more than the rungs of the retry ladder that a file meets here. */
const stuckMs = 120_000;

/** What is done to a worker; the other ones go on meanwhile. */
export type Disturbance = (rig: Rig, index: number) => Promise<void>;

export const killed: Disturbance = ({ system }, index) => system.restart('model-worker', index);

/** Stopped for longer than its leases last: what it does when it wakes up is what a zombie does. */
export const frozen =
  (forMs: number): Disturbance =>
  async ({ system }, index) => {
    await system.kill('model-worker', index, 'SIGSTOP');
    await pause(forMs);
    await system.kill('model-worker', index, 'SIGCONT');
  };

/**
 * Disturbs a random worker that runs, again and again, until most files of a batch are settled. The next one has its turn
 * only when the work has gone on: on a busy machine workers that start slowly would else be gone before they did anything, and
 * a file on which five workers died counts as poison.
 * @returns how often @throws AggregateError when a worker did not come back
 */
export async function disturbWorkers(
  rig: Rig,
  id: string,
  options: {
    disturb: Disturbance;
    everyMs: number;
    workers: number;
    until: number;
    tell: (text: string) => void;
  },
): Promise<number> {
  const { disturb, everyMs, workers, until, tell } = options;
  const draw = seeded(rig.seed);
  const disturbed = new Map<number, Promise<void>>();
  const failures: unknown[] = [];
  let times = 0;
  let before = 0;
  let goneOnAt = performance.now();
  // whoever waits for the batch's end says what it waits for
  while (performance.now() - goneOnAt < stuckMs) {
    await pause(everyMs);
    const settled = settledOf(await rig.batch(id));
    tell(`${settled} files settled, workers disturbed ${times} times`);
    if (settled >= until) break;
    const done = settled + rig.fal.stats().accepted;
    if (done - before < stepsBetween) continue;
    goneOnAt = performance.now();
    const running = Array.from({ length: workers }, (_, index) => index).filter(
      (index) => !disturbed.has(index),
    );
    const index = running[Math.floor(draw() * running.length)];
    if (index === undefined) continue;
    before = done;
    times += 1;
    disturbed.set(
      index,
      disturb(rig, index)
        .catch((error: unknown) => failures.push(error))
        .then(() => void disturbed.delete(index)),
    );
  }
  await Promise.all(disturbed.values());
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  return times;
}
