import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot, waitFor } from '@image2model/testing';
import { violationsOfAll } from './invariants.js';
import { wrongSlots } from './paid-invariants.js';
import { endProcess, startRig, type FailingService, type Rig } from './rig.js';
import { runFailpoint, type Run } from './run-failpoint.js';
import type { WatchedBatch } from './watched-batch.js';

/** How a run ended. */
export interface Outcome {
  readonly seconds: number;
  /** Empty when all is well. */
  readonly problems: readonly string[];
}

export interface Walk {
  /** Waits for one run. */
  outcome(run: Run): Promise<Outcome>;
  /** Waits for all runs of all rigs. @returns what was wrong when everything delayed had come back */
  rests(): Promise<string[]>;
}

type Done = (run: Run, outcome: Outcome) => void;

/** Longer than the longest delay that a message of these scenarios takes (60 s), and the API's 5 s. */
const delayedMs = 90_000;

/** No run takes so long; one that does has met something that nobody thought of. */
const runMs = 240_000;

/** Does the runs, several rigs side by side: they mostly wait for leases and due times. */
export function walk(runs: readonly Run[], rigsPerService: number): Walk {
  const waiting = new Map<Run, (outcome: Outcome) => void>();
  const outcomes = new Map(
    runs.map((run) => [run, new Promise<Outcome>((resolve) => waiting.set(run, resolve))]),
  );
  const rests = (['batch-orchestrator', 'model-worker'] as const).flatMap((service) => {
    const queue = runs.filter((run) => run.service === service);
    const rigs = Math.min(rigsPerService, queue.length);
    const done: Done = (run, outcome) => waiting.get(run)?.(outcome);
    return Array.from({ length: rigs }, () => workOff(service, queue, done));
  });
  return {
    outcome: async (run) => (await outcomes.get(run)) ?? { seconds: 0, problems: ['not begun'] },
    rests: async () => (await Promise.all(rests)).flat(),
  };
}

/** One rig takes runs from the queue until it is empty. A rig on which a run went wrong is replaced. */
async function workOff(service: FailingService, queue: Run[], done: Done): Promise<string[]> {
  const problems: string[] = [];
  while (queue.length > 0) {
    try {
      problems.push(...(await workOnRig(await startRig(service), queue, done)));
    } catch (error) {
      const [run] = queue.splice(0, 1);
      if (run !== undefined) done(run, { seconds: 0, problems: [String(error)] });
      else problems.push(String(error));
    }
  }
  return problems;
}

async function workOnRig(rig: Rig, queue: Run[], done: Done): Promise<string[]> {
  const batches: WatchedBatch[] = [];
  try {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      const outcome = await attempt(rig, run, batches);
      done(run, outcome);
      if (outcome.problems.length > 0) return [];
    }
    return await wrongAtTheEnd(rig, batches);
  } finally {
    await rig.close();
  }
}

async function attempt(rig: Rig, run: Run, batches: WatchedBatch[]): Promise<Outcome> {
  const from = rig.mark();
  const begunAt = performance.now();
  const problems: string[] = [];
  try {
    const end = await within(runMs, runFailpoint(rig, run));
    problems.push(...end.violations);
    batches.push(...end.batches);
  } catch (error) {
    problems.push(String(error));
  }
  if (problems.length > 0) keepLogs(run, `${problems.join('\n')}\n${rig.logs(from)}`);
  return { seconds: (performance.now() - begunAt) / 1_000, problems };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function keepLogs({ name, action }: Run, text: string): void {
  const dir = join(repoRoot(), 'out', 'failpoints');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}-${action}.log`), text);
}

/** When all delayed messages are back and every queue is empty, all batches of the rig are as they were. */
async function wrongAtTheEnd(rig: Rig, batches: readonly WatchedBatch[]): Promise<string[]> {
  const app = await rig.spawn();
  await app.waitReady();
  let left: Record<string, number> = {};
  const empty = async (): Promise<boolean> => {
    // alert-service and maintenance-worker do not run here: what is meant for them stays
    const depths = Object.entries(await rig.broker.depths());
    left = Object.fromEntries(depths.filter(([name]) => !/^(alert-service|maintenance-worker)\./.test(name)));
    return Object.keys(left).length === 0;
  };
  const problems: string[] = [];
  await waitFor(empty, { timeoutMs: delayedMs, everyMs: 1_000 }).catch(() => {
    problems.push(`queues not empty: ${JSON.stringify(left)}`);
  });
  problems.push(...(await violationsOfAll(rig, batches)), ...(await wrongSlots(rig)));
  await endProcess(app);
  if (app.exit?.code !== 0) problems.push(`${app.name} ended with ${JSON.stringify(app.exit)}`);
  return problems;
}
