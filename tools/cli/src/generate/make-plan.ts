import { existsSync } from 'node:fs';
import type { Found } from './find-sources.js';
import { hashSources } from './hash-sources.js';
import { isOpen, planOf, type Plan } from './plan.js';
import type { Session } from './session.js';

/** Decides what is sent, and puts on the board what this run is about. */
export async function makePlan(
  { state, board }: Session,
  found: Found,
  { retryFailed }: { retryFailed: boolean },
): Promise<Plan> {
  const hashed = await hashSources(state, found.sources, found.skipped);
  const refused = new Set(state.sends.filter((send) => send.refused !== null).map(({ key }) => key));
  const plan = planOf(state, hashed, {
    again: (entry) => isOpen(entry) || (retryFailed && refused.has(entry.send)),
    isGone: (path) => !existsSync(path),
  });
  const obsolete = new Set(plan.obsolete);
  state.files = state.files.filter((entry) => !obsolete.has(entry));
  for (const entry of plan.known) board.scope.add(entry);
  // from now on it is known by its new path
  for (const [entry, { source, mtimeMs }] of plan.moved) Object.assign(entry, { source, mtime_ms: mtimeMs });
  const live = new Set(state.sends.filter(({ ended }) => !ended).map(({ key }) => key));
  for (const entry of state.files)
    if (live.has(entry.send) || (entry.status === 'completed' && !entry.saved)) board.scope.add(entry);
  return plan;
}
