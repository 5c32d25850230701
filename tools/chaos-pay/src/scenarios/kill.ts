import { batchViolations } from '../checks/batch-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import { disturbWorkers, frozen, killed, type Disturbance } from '../rig/disturb-workers.js';
import type { Rig } from '../rig/open-rig.js';
import { settledOf } from '../rig/views.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const workers = 3;
const everyMs = 3_000;
const untilShare = 0.8;
/** Of a submit that was decided on by a process that died before it sent it: nothing will ever say so. */
const graceS = { short: 25, long: 90 };
const frozenLeaseMs = 3_000;

interface Trouble {
  name: string;
  title: string;
  /** fal calls back; else its listing must tell */
  callbacks: boolean;
  disturb: Disturbance;
  env?: Record<string, string>;
}

/** Lost answers, refusals and errors at the provider while something happens to the workers. */
const killScenario = ({ name, title, callbacks, disturb, env = {} }: Trouble): Scenario => ({
  name,
  title,
  files: { short: 40, long: 500 },
  run: (run) => {
    const concurrency = run.long ? 40 : 12;
    return withRig(
      name,
      {
        seed: run.seed,
        workers,
        callbacks,
        fal: {
          concurrency,
          duration: { kind: 'uniform', fromMs: 1_000, toMs: 4_000 },
          listing: { enabled: !callbacks },
          faults: [
            { fault: 'reset_after_accept', share: 0.1 },
            { fault: 'too_many_requests', share: 0.1, retryAfterS: 1 },
            { fault: 'status_error', share: 0.05 },
          ],
        },
        env: {
          FAL_CONCURRENCY: String(concurrency),
          FAL_DOUBT_GRACE_S: String(run.long ? graceS.long : graceS.short),
          ...env,
        },
      },
      (rig, outcome) => play(rig, run, outcome, disturb),
    );
  },
});

async function play(rig: Rig, run: ScenarioRun, outcome: Outcome, disturb: Disturbance): Promise<void> {
  const { files: total, long, tell } = run;
  const id = await rig.send(total);
  const until = total * untilShare;
  const disturbed = await disturbWorkers(rig, id, { disturb, everyMs, workers, until, tell });
  const end = await rig.ended(id, long ? 900_000 : 240_000, (batch) =>
    tell(`${settledOf(batch)} of ${total} settled`),
  );
  tell('checking');
  outcome.violations.push(...(await batchViolations(rig, id)), ...(await restViolations(rig, [id])));
  outcome.violations.push(...(await blindViolations(rig, id)));
  const { accepted, submits } = rig.fal.stats();
  Object.assign(outcome.facts, {
    disturbed,
    completed: end.counts.completed,
    ambiguous: end.counts.failed,
    accepted,
    resets: submits['reset_after_accept'] ?? 0,
    refused: submits['429'] ?? 0,
  });
}

/** Nothing was sent twice on suspicion, and a file fails only because nobody can say what became of its submit. */
async function blindViolations(rig: Rig, id: string): Promise<string[]> {
  const doubled = await rig.metric('image2model_possible_double_charge_total');
  const wrong = (await rig.files(id)).flatMap(({ idx, error }) =>
    error === null || error.code.startsWith('ambiguous')
      ? []
      : [`file ${idx} failed: ${error.code} ${error.message}`],
  );
  return [...(doubled === 0 ? [] : [`${doubled} submits were repeated blindly`]), ...wrong];
}

/** @see Scenario */
export const kill = killScenario({
  name: 'kill',
  title: 'lost answers, 429s, errors, workers killed; fal calls back',
  callbacks: true,
  disturb: killed,
});
/** @see Scenario */
export const killListing = killScenario({
  name: 'kill-listing',
  title: 'the same without callbacks; fal lists its requests',
  callbacks: false,
  disturb: killed,
});
/** @see Scenario */
export const freeze = killScenario({
  name: 'freeze',
  title: 'the same, but workers sleep for twice their lease and wake up as zombies',
  callbacks: false,
  disturb: frozen(2 * frozenLeaseMs),
  env: { CLAIM_LEASE_MS: String(frozenLeaseMs) },
});
