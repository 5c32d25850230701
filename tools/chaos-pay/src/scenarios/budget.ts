import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@image2model/testing';
import { batchViolations } from '../checks/batch-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import { quoteSchema } from '../rig/views.js';
import type { Rig } from '../rig/open-rig.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const affordable = 10;
const workers = 2;
/** Long enough for anything that still waits for a slot to try it. */
const quietMs = 3_000;

/** A budget of ten prices: ten jobs, a batch that says why it waits, and the rest when it is raised. */
export const budget: Scenario = {
  name: 'budget',
  title: `a budget of ${affordable} files, later raised`,
  files: { short: 30, long: 100 },
  run: (run) =>
    withRig(
      'budget',
      {
        seed: run.seed,
        workers,
        callbacks: true,
        fal: { concurrency: 20, duration: { kind: 'uniform', fromMs: 200, toMs: 800 } },
        env: { FAL_CONCURRENCY: '20' },
      },
      (rig, outcome) => play(rig, run, outcome),
    ),
};

async function play(rig: Rig, run: ScenarioRun, outcome: Outcome): Promise<void> {
  const price = await priceOf(rig);
  const id = await rig.send(run.files, { budget_usd: (affordable * price).toFixed(2) });
  run.tell('waiting for the budget to be used up');
  await waitFor(
    async () => {
      const batch = await rig.batch(id);
      return batch.status === 'paused' && batch.counts.completed >= affordable;
    },
    { timeoutMs: 60_000, what: 'the pause' },
  );
  await pause(quietMs);
  const held = await rig.batch(id);
  const before = rig.fal.stats().accepted;
  if (before !== affordable) outcome.violations.push(`${before} jobs were accepted within the budget`);
  if (held.hold?.reason !== 'budget') outcome.violations.push(`held for ${held.hold?.reason}`);
  run.tell('raising it');
  const raised = await rig.ask('PATCH', `/v1/batches/${id}`, { budget_usd: run.files * price });
  if (raised.status !== 200)
    outcome.violations.push(`PATCH answers ${raised.status}: ${JSON.stringify(raised.body)}`);
  const end = await rig.ended(id, 120_000);
  if (end.status !== 'completed') outcome.violations.push(`the batch ended ${end.status}`);
  const { accepted } = rig.fal.stats();
  if (accepted !== run.files)
    outcome.violations.push(`${accepted} jobs were accepted for ${run.files} files`);
  run.tell('checking');
  outcome.violations.push(...(await batchViolations(rig, id)), ...(await restViolations(rig, [id])));
  Object.assign(outcome.facts, { before, accepted, hold: held.hold?.detail ?? '' });
}

/** Of one file with the settings of the rig, as the API quotes it. */
async function priceOf(rig: Rig): Promise<number> {
  const images = [{ url: 'https://example.com/a.jpg' }];
  const { body } = await rig.ask('POST', '/v1/batches:quote', { images, settings: { face_limit: 500 } });
  return quoteSchema.parse(body).cost.per_file_usd;
}
