import type { FalControl } from '@image2model/testing';
import { each, type Scenario } from './scenario.js';
import type { Trial } from './trial.js';

/** No other file is between its decision to pay and the answer when the process is hit: that one would be in doubt. */
const oneFile: Scenario = { provoke: (trial) => trial.paidBatch(1) };
/** They are submitted, and fetched, one after the other. */
const oneAtATime = { WORKER_CONCURRENCY: '1' };
const twoFiles: Scenario = { env: oneAtATime, provoke: (trial) => trial.paidBatch(2), times: 2 };

/**
 * The decision to pay is noted and nothing was sent. Only the process itself knows that: when it dies or sleeps, its
 * file must not be submitted again.
 */
const decided: Scenario = {
  env: oneAtATime,
  provoke: (trial) => (trial.action === 'throw' ? trial.paidBatch(2) : trial.paidBatch(2, doubtful())),
  times: 2,
};

/** The answer to a submit is lost, and fal does not say which requests it has. */
const neverAnswered: Scenario = {
  env: { FAL_DOUBT_GRACE_S: '2' },
  prepare: (trial) =>
    changed(trial, { faults: [{ fault: 'reset_before_accept' }], listing: { enabled: false } }),
  provoke: (trial) => trial.paidBatch(1, doubtful()),
};

const struckOnce = (fault: 'too_many_requests' | 'reset_after_accept' | 'runner_error'): Scenario => ({
  ...oneFile,
  prepare: (trial) => changed(trial, { faults: [{ fault, times: 1 }] }),
});

/** fal accepts everything and begins nothing. */
const cancelledInQueue: Scenario = {
  prepare: (trial) => changed(trial, { concurrency: 0 }),
  provoke: async (trial) => {
    const batch = await trial.paidBatch(2, { mayEnd: ['cancelled'] });
    await trial.waitAccepted(batch, 2);
    await trial.cancel(batch);
  },
  times: 2,
};

/** fal calls the gateway when a generation has ended. */
const calledBack: Scenario = { ...oneFile, env: { FAL_WEBHOOKS: 'on' } };

const doubtful = (): NonNullable<Parameters<Trial['paidBatch']>[1]> => ({
  mayEnd: ['completed', 'partial', 'failed'],
  mayFailWith: ['ambiguous'],
});

function changed(trial: Trial, change: FalControl): Promise<void> {
  trial.changeFal(change);
  return Promise.resolve();
}

const named = (...names: string[]): string[] => names.map((name) => `worker.${name}`);

/** How each failpoint of paid files is reached. */
export const paidScenarios: Readonly<Record<string, Scenario>> = {
  ...each(named('27.slot-had', '28.paid-done', '35.completion-seen'), oneFile),
  ...each(
    named(
      '29.image-uploaded',
      '31.answered',
      '32.day-reserved',
      '34.bound',
      '37.work-begun',
      '38.result-read',
      '39.model-downloaded',
      '40.model-checked',
    ),
    twoFiles,
  ),
  ...each(named('30.intended'), decided),
  ...each(named('33.taken-back'), struckOnce('too_many_requests')),
  ...each(named('36.cancel-asked'), cancelledInQueue),
  ...each(named('41.request-found'), struckOnce('reset_after_accept')),
  ...each(named('42.doubt-settled'), neverAnswered),
  ...each(named('43.refunded'), struckOnce('runner_error')),
  ...each(named('44.notified-bound'), calledBack),
};
