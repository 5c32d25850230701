import { laneQueues } from '@image2model/contracts';
import { waitFor } from '@image2model/testing';
import { saysReached } from './says-reached.js';
import { each, type Scenario } from './scenario.js';
import type { Trial } from './trial.js';

const goodDay: Scenario = { provoke: (trial) => trial.noopBatch(trial.random.between(33, 48)) };

/** Files of the batch are on the redo list, as after a hold, before anybody fans it out. */
const redone: Scenario = {
  prepare: async (trial) => {
    const batch = await trial.noopBatch(20);
    const places = [3, 7, 11].flatMap((idx, at) => [at + 1, idx]);
    await trial.rig.redis('ZADD', `i2m:{${batch.id}}:redo`, ...places);
  },
};

/** Cancelled while nobody fans out: the lane still has it. */
const cancelledEarly: Scenario = {
  prepare: async (trial) => trial.cancel(await trial.noopBatch(40, { mayEnd: ['cancelled'] })),
};

const cancelled: Scenario = {
  provoke: async (trial) => {
    const batch = await trial.noopBatch(500, { mayEnd: ['cancelled'] });
    await trial.waitCompleted(batch, trial.random.between(1, 20));
    await trial.cancel(batch);
  },
};

/**
 * The broker lost all messages of a batch; workers come back when the point is reached. Until then the lane stays empty:
 * a late message of an earlier run would wait there, and nothing is published again behind a message that waits.
 */
const lostMessages: Scenario = {
  prepare: (trial) => trial.killPeer(),
  provoke: async (trial, armed) => {
    await trial.waitFannedOut(await trial.noopBatch(6));
    await trial.waitReady('normal', 6);
    const lose = async (): Promise<boolean> => {
      await trial.rig.broker.purge(laneQueues.normal.name);
      return saysReached(armed) || armed.exit !== undefined;
    };
    await waitFor(lose, { timeoutMs: 60_000, everyMs: 100, what: 'the point behind an empty lane' });
  },
  times: 3,
};

/** What a crash between the two steps of clearing a completion leaves: the row is gone, the batch still active. */
const notDropped: Scenario = {
  provoke: async (trial) => {
    const batch = await trial.noopBatch(3);
    await trial.waitRelayed(batch);
    await trial.rig.redis('ZADD', 'i2m:active', Date.now(), batch.id);
  },
};

const poisonedMessage = async (trial: Trial): Promise<void> => {
  const batch = await trial.noopBatch(60, {
    mayEnd: ['completed', 'partial'],
    mayFailWith: ['dead_letter'],
  });
  await trial.publishTask(batch, 59, 99);
};

const drain: Scenario = {
  provoke: async (trial, armed) => {
    const batch = await trial.noopBatch(120);
    await trial.waitCompleted(batch, trial.random.between(1, 20));
    trial.drain(armed);
  },
  ends: true,
};

const named = (...names: string[]): string[] => names.map((name) => `orchestrator.${name}`);

/** How each failpoint of the orchestrator is reached. */
export const orchestratorScenarios: Readonly<Record<string, Scenario>> = {
  ...each(named('01.submitted-taken', '02.lane-told', '07.lane-left', '21.reconcile-leased'), goodDay),
  ...each(named('03.lane-leased', '11.settled-taken', '12.finished', '13.settled-done'), {
    ...goodDay,
    times: 4,
  }),
  ...each(named('04.chunk-chosen', '05.chunk-published', '06.cursor-advanced'), { ...goodDay, times: 2 }),
  ...each(named('14.completion-read', '15.completion-published', '16.completion-cleared'), goodDay),
  ...each(named('08.redo-published', '09.redone'), redone),
  ...each(named('10.lane-cleared'), cancelledEarly),
  ...each(
    named('17.cancel-taken', '18.waiting-cancelled', '19.unheld-cancelled', '20.cancel-done'),
    cancelled,
  ),
  ...each(named('22.late-settled', '23.reissue-decided', '24.reissued'), lostMessages),
  ...each(named('25.recounted'), { provoke: (trial) => trial.noopBatch(250) }),
  ...each(named('26.ended-relayed', '27.ended-dropped'), notDropped),
  ...each(
    named(
      '28.dead-letter-taken',
      '29.dead-letter-listed',
      '30.condemned',
      '31.condemned-relayed',
      '32.dead-letter-told',
    ),
    { provoke: poisonedMessage },
  ),
  ...each(named('33.reconciler-ending', '34.reconciler-ended'), drain),
  ...each(named('35.lane-ending', '36.lane-ended'), { ...drain, times: 3 }),
};
