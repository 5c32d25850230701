import { batchViolations } from '../checks/batch-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import type { Rig } from '../rig/open-rig.js';
import { settledOf } from '../rig/views.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const workers = 2;
const concurrency = 40;
const mostUnfinished = 50;
/** A short run has hardly begun when it ends, on a machine that does other things too. */
const leastShare = { short: 0.4, long: 0.95 };
const ramped = { short: 8, long: 36 };
const rampWithinMs = 60_000;

const busyScenario = (
  name: string,
  title: string,
  env: Record<string, string>,
  judge: (rig: Rig, run: ScenarioRun) => string[],
): Scenario => ({
  name,
  title,
  files: { short: 150, long: 1_000 },
  run: (run) =>
    withRig(
      name,
      {
        seed: run.seed,
        workers,
        callbacks: true,
        fal: { concurrency, duration: { kind: 'uniform', fromMs: 500, toMs: 2_000 } },
        env,
      },
      (rig, outcome) => play(rig, run, outcome, judge),
    ),
});

async function play(
  rig: Rig,
  run: ScenarioRun,
  outcome: Outcome,
  judge: (rig: Rig, run: ScenarioRun) => string[],
): Promise<void> {
  const id = await rig.send(run.files);
  const end = await rig.ended(id, 300_000, (batch) => {
    const { busy, queued } = rig.fal.stats();
    run.tell(`${settledOf(batch)} of ${run.files} settled, ${busy} slots busy, ${queued} queued`);
  });
  if (end.status !== 'completed') outcome.violations.push(`the batch ended ${end.status}`);
  const {
    unfinished_max: most,
    busy_share: share,
    busy_max,
    submitting_ms,
    accepted,
    busy_reached_ms,
  } = rig.fal.stats();
  if (most > mostUnfinished) outcome.violations.push(`${most} jobs were unfinished at once`);
  outcome.violations.push(...judge(rig, run));
  run.tell('checking');
  outcome.violations.push(...(await batchViolations(rig, id)), ...(await restViolations(rig, [id])));
  Object.assign(outcome.facts, {
    busyShare: Number((share ?? 0).toFixed(3)),
    unfinishedMax: most,
    busyMax: busy_max,
    ms36: busy_reached_ms['36'] ?? '-',
    submittingMs: submitting_ms,
    accepted,
  });
}

/** The provider's slots stay busy when the account's limit is known. */
export const busy = busyScenario(
  'busy',
  `${concurrency} slots kept busy by ${workers} workers`,
  { FAL_CONCURRENCY: String(concurrency) },
  (rig, { long }) => {
    const share = rig.fal.stats().busy_share ?? 0;
    const least = long ? leastShare.long : leastShare.short;
    return share >= least ? [] : [`slots were busy for ${(share * 100).toFixed(1)} % of the time`];
  },
);

/** The account's limit is found from the default on. */
export const ramp = busyScenario(
  'ramp',
  'from 2 slots to those that the account has',
  {},
  (rig, { long }) => {
    const wanted = long ? ramped.long : ramped.short;
    const reachedMs = rig.fal.stats().busy_reached_ms[String(wanted)] ?? Infinity;
    return reachedMs <= rampWithinMs ? [] : [`${wanted} busy slots after ${reachedMs} ms`];
  },
);
