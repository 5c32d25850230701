import { join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { repoRoot } from '@image2model/testing';
import { openRig, type Rig, type RigOptions } from '../rig/open-rig.js';
import type { Outcome } from '../scenario.js';

/** Opens a rig, plays, closes it; an error counts as a violation, and what the services wrote is kept then. */
export async function withRig(
  name: string,
  options: RigOptions,
  play: (rig: Rig, outcome: Outcome) => Promise<void>,
): Promise<Outcome> {
  const outcome: Outcome = { violations: [], facts: {} };
  const rig = await openRig(options);
  try {
    await play(rig, outcome);
  } catch (error) {
    outcome.violations.push(error instanceof Error ? error.message : String(error));
  } finally {
    await rig.close();
  }
  if (outcome.violations.length > 0) {
    const dir = join(repoRoot(), 'out', 'chaos-pay');
    await mkdir(dir, { recursive: true });
    const file = join(dir, `${name}-${options.seed}.log`);
    await writeFile(file, `${rig.system.logs()}\n--- stand-in\n${booksOf(rig)}\n`);
    outcome.facts['logs'] = file;
  }
  return outcome;
}

const booksOf = ({ fal }: Rig): string =>
  [JSON.stringify(fal.stats()), ...fal.ledger().map((row) => JSON.stringify(row))].join('\n');
