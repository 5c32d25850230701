import { waitFor, type AppProcess } from '@image2model/testing';
import { violationsOfAll } from './invariants.js';
import { doubleCharges } from './paid-invariants.js';
import type { Random } from './random.js';
import type { Action } from './actions.js';
import { claimLeaseMs, endProcess, type FailingService, type Rig } from './rig.js';
import { saysReached } from './says-reached.js';
import type { Scenario } from './scenario.js';
import { Trial } from './trial.js';
import type { WatchedBatch } from './watched-batch.js';

/** One process that fails once, at one point, in one way. */
export interface Run {
  readonly name: string;
  readonly action: Action;
  readonly service: FailingService;
  readonly scenario: Scenario;
  readonly random: Random;
}

export interface RunEnd {
  readonly violations: readonly string[];
  readonly batches: readonly WatchedBatch[];
  readonly seconds: number;
}

/** Reaching a point takes some of the services' clocks, and never longer. */
const reachedMs = 45_000;
const restMs = 90_000;

/**
 * Arms one process of the service, brings it to the point, lets another process take over where it is gone or asleep,
 * and looks at the system when it is at rest. @throws Error when the point is not reached or there is no rest
 */
export async function runFailpoint(rig: Rig, run: Run): Promise<RunEnd> {
  const begunAt = performance.now();
  const trial = new Trial(rig, run.random, run.action);
  const own: AppProcess[] = [];
  try {
    const { scenario, action } = run;
    await scenario.prepare?.(trial);
    const nth = run.random.between(1, scenario.times ?? 1);
    const order = { FAILPOINT: `${run.name}:${action}:${nth}` };
    const armed = await rig.spawn({ ...scenario.env, ...order });
    own.push(armed);
    await Promise.race([armed.waitReady().catch(() => undefined), reached(armed, run)]);
    const provoked = Promise.resolve(scenario.provoke?.(trial, armed));
    await Promise.race([reached(armed, run), failureOf(provoked)]);
    await trial.restore();
    if (action !== 'throw' || scenario.ends === true) own.push(await started(rig));
    // a late message of an earlier run may have been enough; then the scenario goes on with the other process
    await provoked;
    if (action === 'pause') await sleepUntilReplaced(trial, armed);
    const violations = [...(await atRest(trial)), ...(await doubleCharges(own))];
    await Promise.all(own.map(endProcess));
    const late = violations.length > 0 ? [] : await violationsOfAll(rig, trial.batches);
    const seconds = (performance.now() - begunAt) / 1_000;
    return { violations: [...violations, ...late], batches: trial.batches, seconds };
  } finally {
    await trial.restore();
    await Promise.all(own.map((app) => app.kill('SIGKILL')));
  }
}

/** Never resolves. */
const failureOf = (work: Promise<unknown>): Promise<never> =>
  work.then(() => new Promise<never>(() => undefined));

async function started(rig: Rig): Promise<AppProcess> {
  const app = await rig.spawn();
  await app.waitReady();
  return app;
}

/** The process said that it reached the point, and it is dead, or asleep, where it should be. */
async function reached(armed: AppProcess, { name, action }: Run): Promise<void> {
  const said = (): boolean => saysReached(armed);
  const gone = (): boolean => said() || armed.exit !== undefined;
  await waitFor(gone, { timeoutMs: reachedMs, everyMs: 20, what: `${name} reached` });
  if (!said()) throw new Error(`ended before it reached ${name}: ${JSON.stringify(armed.exit)}`);
  if (action === 'kill')
    await waitFor(() => armed.exit?.signal === 'SIGKILL', { everyMs: 20, what: 'its death by SIGKILL' });
  if (action === 'pause') await waitFor(() => sleeps(armed), { everyMs: 20, what: 'its sleep' });
}

/** A stopped process still accepts connections, but answers none. */
async function sleeps({ adminUrl }: AppProcess): Promise<boolean> {
  return fetch(`${adminUrl}/livez`, { signal: AbortSignal.timeout(300) }).then(
    () => false,
    () => true,
  );
}

/** Wakes the process after its leases ran out and others did everything that was to be done. */
async function sleepUntilReplaced(trial: Trial, armed: AppProcess): Promise<void> {
  const longest = new Promise((resolve) => setTimeout(resolve, 1.2 * claimLeaseMs));
  await Promise.all([longest, ...trial.batches.map((batch) => trial.waitRelayed(batch))]);
  if (!(await sleeps(armed))) throw new Error('it woke by itself');
  await armed.kill('SIGCONT');
  const wake = async (): Promise<boolean> => armed.exit !== undefined || !(await sleeps(armed));
  await waitFor(wake, { what: 'its awakening' });
}

/** Waits until nothing is wrong any more. @returns what stays wrong */
async function atRest(trial: Trial): Promise<string[]> {
  const { client } = trial.rig;
  await Promise.all(trial.batches.map(({ id }) => client.waitForTerminal(id, restMs)));
  await Promise.all(trial.batches.map((batch) => trial.waitRelayed(batch)));
  await Promise.all(trial.batches.flatMap(({ seen }) => seen));
  let violations: string[] = [];
  const look = async (): Promise<boolean> => {
    violations = await violationsOfAll(trial.rig, trial.batches);
    return violations.length === 0;
  };
  await waitFor(look, { timeoutMs: 5_000, everyMs: 250 }).catch(() => undefined);
  return violations;
}
