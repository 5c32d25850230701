import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@image2model/testing';
import { batchViolations } from '../checks/batch-violations.js';
import { fileOf } from '../checks/ledger-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import type { Rig } from '../rig/open-rig.js';
import { seeded } from '../rig/seeded.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const workers = 2;
const filesOfBatch = 20;

/** Batches are cancelled while their submits are on the wire. */
export const cancel: Scenario = {
  name: 'cancel',
  title: 'batches cancelled while their submits are on the wire',
  files: { short: 40, long: 400 },
  run: (run) =>
    withRig(
      'cancel',
      {
        seed: run.seed,
        workers,
        callbacks: true,
        fal: {
          concurrency: 6,
          duration: { kind: 'uniform', fromMs: 500, toMs: 2_000 },
          faults: [
            { fault: 'slow_upload', share: 0.4, delayMs: 400 },
            { fault: 'slow_accept', share: 0.5, delayMs: 1_500 },
          ],
        },
        env: { FAL_CONCURRENCY: '16' },
      },
      (rig, outcome) => play(rig, run, outcome),
    ),
};

async function play(rig: Rig, run: ScenarioRun, outcome: Outcome): Promise<void> {
  const draw = seeded(run.seed);
  const ids: string[] = [];
  let slowestMs = 0;
  while (ids.length * filesOfBatch < run.files) {
    const id = await rig.send(filesOfBatch);
    ids.push(id);
    await waitFor(() => acceptedOf(rig, id).length > 0, { timeoutMs: 30_000, everyMs: 10, what: 'a job' });
    await pause(draw() * 800);
    run.tell(`cancelling batch ${ids.length}`);
    const askedAt = performance.now();
    const { status, body } = await rig.ask('POST', `/v1/batches/${id}/cancel`);
    const answeredAtMs = Date.now();
    slowestMs = Math.max(slowestMs, performance.now() - askedAt);
    if (status !== 200) outcome.violations.push(`cancel answers ${status}: ${JSON.stringify(body)}`);
    const end = await rig.ended(id, 60_000);
    if (end.status !== 'cancelled') outcome.violations.push(`the batch ended ${end.status}`);
    const late = acceptedOf(rig, id).filter((job) => job.accepted_at > answeredAtMs);
    for (const job of late)
      outcome.violations.push(
        `a job was accepted ${job.accepted_at - answeredAtMs} ms after the answer to cancel`,
      );
  }
  run.tell('checking');
  for (const id of ids) outcome.violations.push(...(await batchViolations(rig, id)));
  outcome.violations.push(...(await restViolations(rig, ids)));
  const { accepted, billed } = rig.fal.stats();
  Object.assign(outcome.facts, { batches: ids.length, accepted, billed, answerMs: Math.round(slowestMs) });
}

const acceptedOf = (rig: Rig, id: string): ReturnType<Rig['fal']['ledger']> =>
  rig.fal.ledger().filter((job) => fileOf(job)?.batchId === id);
