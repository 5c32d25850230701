import { waitFor } from '@image2model/testing';
import { batchViolations } from '../checks/batch-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import type { Rig } from '../rig/open-rig.js';
import { settledOf } from '../rig/views.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const workers = 3;
const goneWithinMs = 10_000;
/** After the last job's end, which an undisturbed run has too. */
const lateMs = 10_000;
const durations = { short: { fromMs: 7_000, toMs: 12_000 }, long: { fromMs: 60_000, toMs: 120_000 } };

/** Everything is in flight when the workers are replaced one after the other. */
export const rolling: Scenario = {
  name: 'rolling',
  title: 'all generations in flight, 3 workers replaced one after the other',
  files: { short: 60, long: 500 },
  run: (run) =>
    withRig(
      'rolling',
      {
        seed: run.seed,
        workers,
        callbacks: false,
        fal: {
          concurrency: run.files,
          duration: { kind: 'uniform', ...(run.long ? durations.long : durations.short) },
        },
        env: { FAL_CONCURRENCY: String(run.files), FAL_CONCURRENCY_MAX: String(run.files) },
      },
      (rig, outcome) => play(rig, run, outcome),
    ),
};

async function play(rig: Rig, run: ScenarioRun, outcome: Outcome): Promise<void> {
  const id = await rig.send(run.files);
  const all = (): boolean => {
    const { accepted } = rig.fal.stats();
    run.tell(`${accepted} of ${run.files} accepted`);
    return accepted >= run.files;
  };
  await waitFor(all, { timeoutMs: 180_000, what: 'everything in flight' });
  const inFlight = run.files - rig.fal.stats().finished;
  const gone: number[] = [];
  for (let index = 0; index < workers; index += 1) {
    run.tell(`replacing worker ${index}`);
    const toldAt = performance.now();
    await rig.system.kill('model-worker', index, 'SIGTERM');
    gone.push(performance.now() - toldAt);
    await rig.system.restart('model-worker', index);
  }
  const slowest = Math.max(...gone);
  if (slowest > goneWithinMs) outcome.violations.push(`a worker needed ${Math.round(slowest)} ms to go`);
  const end = await rig.ended(id, 300_000, (batch) =>
    run.tell(`${settledOf(batch)} of ${run.files} settled`),
  );
  const late = Date.now() - Math.max(...rig.fal.ledger().map((job) => job.finished_at ?? 0));
  if (late > lateMs) outcome.violations.push(`the batch ended ${late} ms after the last generation`);
  if (end.status !== 'completed') outcome.violations.push(`the batch ended ${end.status}`);
  run.tell('checking');
  outcome.violations.push(...(await batchViolations(rig, id)), ...(await restViolations(rig, [id])));
  Object.assign(outcome.facts, {
    inFlight,
    goneMs: Math.round(slowest),
    lateMs: late,
    accepted: rig.fal.stats().accepted,
  });
}
