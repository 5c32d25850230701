import { defaultFalKey, waitFor } from '@image2model/testing';
import { batchViolations } from '../checks/batch-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import type { Rig } from '../rig/open-rig.js';
import { settledOf } from '../rig/views.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const workers = 2;
/** Files that had a claim when they were refused: only they could use an attempt up. */
const refusedFiles = { short: 1, long: 6 };

/** The key is refused in the middle of a batch, and repaired later. */
export const key: Scenario = {
  name: 'key',
  title: 'the key is refused in mid-batch, later repaired',
  files: { short: 60, long: 200 },
  run: (run) =>
    withRig(
      'key',
      {
        seed: run.seed,
        workers,
        callbacks: true,
        fal: { concurrency: 6, duration: { kind: 'uniform', fromMs: 500, toMs: 1_500 } },
        env: { FAL_CONCURRENCY: '6' },
      },
      (rig, outcome) => play(rig, run, outcome),
    ),
};

async function play(rig: Rig, run: ScenarioRun, outcome: Outcome): Promise<void> {
  const id = await rig.send(run.files);
  const some = async (): Promise<boolean> => settledOf(await rig.batch(id)) >= run.files / 5;
  await waitFor(some, { timeoutMs: 60_000, what: 'some files settled' });
  rig.fal.control({ keys: { [defaultFalKey]: 'unknown' } });
  const before = asked(rig);
  run.tell('the key is refused');
  await waitFor(() => rig.alerts('fal.parked').length > 0, { timeoutMs: 40_000, what: 'the alert' });
  const enough = (): boolean => asked(rig) - before >= (run.long ? refusedFiles.long : refusedFiles.short);
  await waitFor(enough, { timeoutMs: 120_000, what: 'refused files' });
  const { accepted } = rig.fal.stats();
  rig.fal.control({ keys: { [defaultFalKey]: 'ok' } });
  run.tell('the key is repaired');
  const end = await rig.ended(id, 240_000, (batch) =>
    run.tell(`${settledOf(batch)} of ${run.files} settled`),
  );
  if (end.status !== 'completed') outcome.violations.push(`the batch ended ${end.status}`);
  for (const { idx, attempts } of await rig.files(id))
    if (attempts !== 1) outcome.violations.push(`file ${idx} used ${attempts} attempts up`);
  await alertViolations(rig, outcome);
  run.tell('checking');
  outcome.violations.push(...(await batchViolations(rig, id)), ...(await restViolations(rig, [id])));
  Object.assign(outcome.facts, { acceptedBefore: accepted, accepted: rig.fal.stats().accepted });
}

/** Uploads and submits that were begun. */
const asked = ({ fal }: Rig): number => {
  const { requests } = fal.stats();
  return (requests['initiate'] ?? 0) + (requests['submit'] ?? 0);
};

/** Somebody is told once, and once that it is over. */
async function alertViolations(rig: Rig, outcome: Outcome): Promise<void> {
  const resolved = (): number => rig.alerts('fal.parked').filter((alert) => alert.resolved === true).length;
  await waitFor(() => resolved() > 0, { timeoutMs: 15_000, what: 'the end of the alert' });
  const raised = rig.alerts('fal.parked').length - resolved();
  if (raised !== 1) outcome.violations.push(`${raised} alerts were sent`);
  if (resolved() !== 1) outcome.violations.push(`${resolved()} alerts say that it is over`);
}
