import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rig } from '@image2model/chaos-pay';
import { repoRoot } from '@image2model/testing';
import type { Outcome, ScenarioRun } from '../scenario.js';
import { heal } from './clusters.js';
import { openRigOn, type HaRigOptions } from './open-rig-on.js';

/** Opens a rig, plays, closes it and heals the clusters; an error counts as a violation, and the services' logs are kept then. */
export async function withRigOn(
  name: string,
  run: ScenarioRun,
  options: Omit<HaRigOptions, 'seed'>,
  play: (rig: Rig, outcome: Outcome) => Promise<void>,
): Promise<Outcome> {
  const outcome: Outcome = { violations: [], facts: {} };
  run.tell('starting the services');
  let rig: Rig | undefined;
  try {
    rig = await openRigOn(run.clusters, { seed: run.seed, ...options });
    await play(rig, outcome);
  } catch (error) {
    outcome.violations.push(error instanceof Error ? error.message : String(error));
  }
  run.tell('stopping the services');
  await rig?.close();
  if (outcome.violations.length > 0 && rig !== undefined) {
    const dir = join(repoRoot(), 'out', 'chaos-ha');
    await mkdir(dir, { recursive: true });
    const file = join(dir, `${name}-${run.seed}.log`);
    await writeFile(file, rig.system.logs());
    outcome.facts['logs'] = file;
  }
  await heal(run.clusters);
  return outcome;
}
