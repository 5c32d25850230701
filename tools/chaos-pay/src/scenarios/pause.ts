import { setTimeout as wait } from 'node:timers/promises';
import { waitFor } from '@image2model/testing';
import { batchViolations } from '../checks/batch-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import type { Rig } from '../rig/open-rig.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const workers = 2;
/** Submits that were on the wire when the batch was paused are over by then. */
const settlingMs = 2_000;
const quietMs = 3_000;

/** A paused batch buys nothing, brings home what it bought, and goes on when it is resumed. */
export const pause: Scenario = {
  name: 'pause',
  title: 'a batch paused in the middle, later resumed',
  files: { short: 32, long: 300 },
  run: (run) =>
    withRig(
      'pause',
      {
        seed: run.seed,
        workers,
        callbacks: true,
        fal: { concurrency: 8, duration: { kind: 'uniform', fromMs: 500, toMs: 1_500 } },
        env: { FAL_CONCURRENCY: '8' },
      },
      (rig, outcome) => play(rig, run, outcome),
    ),
};

async function play(rig: Rig, run: ScenarioRun, outcome: Outcome): Promise<void> {
  const id = await rig.send(run.files);
  const some = (): boolean => rig.fal.stats().accepted >= run.files / 4;
  await waitFor(some, { timeoutMs: 60_000, what: 'some jobs' });
  const paused = await rig.ask('POST', `/v1/batches/${id}/pause`);
  if (paused.status !== 200) outcome.violations.push(`pause answers ${paused.status}`);
  run.tell('paused');
  await wait(settlingMs);
  const { accepted: before } = rig.fal.stats();
  await wait(quietMs);
  const { accepted: after } = rig.fal.stats();
  if (after !== before) outcome.violations.push(`${after - before} jobs were accepted during the pause`);
  if (before >= run.files) outcome.violations.push('everything was bought before the pause');
  const held = await rig.batch(id);
  if (held.status !== 'paused' || held.hold?.reason !== 'user')
    outcome.violations.push(`is ${held.status}, held for ${held.hold?.reason}`);
  if (held.counts.completed !== before)
    outcome.violations.push(`${held.counts.completed} of ${before} bought models came home during the pause`);
  const resumed = await rig.ask('POST', `/v1/batches/${id}/resume`);
  if (resumed.status !== 200) outcome.violations.push(`resume answers ${resumed.status}`);
  run.tell('resumed');
  const end = await rig.ended(id, 180_000);
  if (end.status !== 'completed') outcome.violations.push(`the batch ended ${end.status}`);
  run.tell('checking');
  outcome.violations.push(...(await batchViolations(rig, id)), ...(await restViolations(rig, [id])));
  Object.assign(outcome.facts, { before, accepted: rig.fal.stats().accepted });
}
