import { paidScenarios } from './paid-scenarios.js';
import { each, type Scenario } from './scenario.js';
import type { Trial } from './trial.js';

const goodDay: Scenario = { provoke: (trial) => trial.noopBatch(trial.random.between(12, 24)) };
const photos: Scenario = { provoke: (trial) => trial.photoBatch(1) };
const urls: Scenario = { provoke: (trial) => trial.urlBatch(2) };

/** A worker died after it had concluded, and the orchestrator, which would settle the file, sleeps. */
const concludedByTheDead: Scenario = {
  prepare: async (trial) => {
    const batch = await trial.noopBatch(4);
    await trial.waitFannedOut(batch);
    await trial.stopPeer();
    await trial.killed(await trial.rig.spawn({ FAILPOINT: 'worker.14.concluded:kill' }));
  },
};

/** Another message comes for a file in hand. */
const twoMessages: Scenario = {
  env: { I2M_NOOP_MS: '5000' },
  provoke: async (trial) => {
    const batch = await trial.noopBatch(1);
    await trial.waitRunning(batch, 1);
    await trial.publishTask(batch, 0);
  },
};

/** Four workers died on the file; the lease of the last one is over. */
const fourDied: Scenario = {
  prepare: async (trial) => {
    const batch = await trial.noopBatch(2, { mayEnd: ['partial'], mayFailWith: ['poison'] });
    await trial.waitFannedOut(batch);
    await trial.rig.redis('HSET', `i2m:{${batch.id}}:a:0`, 'crashes', 4, 'lease', 1);
  },
};

/** Storage does not give a source until the point is reached: the first try fails, a later one does not. */
const storageAway: Scenario = {
  prepare: async (trial) => {
    const batch = await trial.photoBatch(1);
    await trial.waitFannedOut(batch);
    await trial.hideSource(batch, 0);
  },
};

const inHand = async (trial: Trial, files: number, mayEnd: string): ReturnType<Trial['noopBatch']> => {
  const batch = await trial.noopBatch(files, { mayEnd: [mayEnd] });
  await trial.waitRunning(batch, 2);
  return batch;
};

const cancelledInHand: Scenario = {
  env: { I2M_NOOP_MS: '30000' },
  provoke: async (trial) => trial.cancel(await inHand(trial, 12, 'cancelled')),
};

const drain: Scenario = {
  env: { I2M_NOOP_MS: '30000' },
  provoke: async (trial, armed) => {
    await inHand(trial, 6, 'completed');
    trial.drain(armed);
  },
  ends: true,
  times: 2,
};

/** Longer than a third of the lease. */
const longFiles: Scenario = {
  env: { I2M_NOOP_MS: '4000' },
  provoke: (trial) => trial.noopBatch(4),
};

const named = (...names: string[]): string[] => names.map((name) => `worker.${name}`);

/** How each failpoint of the worker is reached. */
export const workerScenarios: Readonly<Record<string, Scenario>> = {
  ...each(named('01.taken', '02.claimed', '13.generated', '14.concluded', '17.done'), {
    ...goodDay,
    times: 6,
  }),
  ...each(named('15.settle-gathered', '16.settle-published'), { ...goodDay, times: 2 }),
  ...each(named('03.found-concluded'), concludedByTheDead),
  ...each(named('04.found-busy', '05.busy-delayed'), twoMessages),
  ...each(named('06.found-poison'), fourDied),
  ...each(named('07.source-stored', '08.source-described'), urls),
  ...each(
    named('09.source-read', '10.model-made', '11.model-stored', '12.sidecar-stored', '26.progress-written'),
    photos,
  ),
  ...each(named('18.failure-counted', '19.parked', '20.park-published'), storageAway),
  ...each(named('21.cancel-seen'), cancelledInHand),
  ...each(named('22.releasing', '23.released'), drain),
  ...each(named('24.renewing', '25.renewed'), longFiles),
  ...paidScenarios,
};
