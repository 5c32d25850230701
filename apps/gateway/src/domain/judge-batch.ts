import type { AuditCheck } from '@image2model/contracts';
import type { BatchSnapshot, EndingFact } from '@image2model/progress';
import { isTerminal } from './batch-view.js';

/** The counters say what the states say, and every file has one. */
export function judgeCounts({ states, counters, total }: BatchSnapshot): AuditCheck {
  const count = (state: BatchSnapshot['states'][number]): number =>
    states.reduce((sum, one) => sum + (one === state ? 1 : 0), 0);
  const wrong = (['running', 'completed', 'failed', 'cancelled'] as const).flatMap((state) => {
    const found = count(state);
    return found === counters[state] ? [] : [`${found} are ${state} and ${counters[state]} were counted`];
  });
  const unknown = count(undefined);
  if (states.length !== total) wrong.push(`${states.length} have a state and the batch has ${total}`);
  if (unknown > 0) wrong.push(`${unknown} have a state that means nothing`);
  const { completed, failed, cancelled } = counters;
  const open = total - completed - failed - cancelled;
  const found = `${total} files: ${completed} completed, ${failed} failed, ${cancelled} cancelled, ${open} not settled`;
  return { name: 'counts', ok: wrong.length === 0, detail: [found, ...wrong].join('; ') };
}

/** What the facts told clients of the present run: completions, and the terminal state of each file. */
export interface Told {
  completions: string[];
  /** idx → what was told last and how often */
  files: Map<number, { state: string; times: number }>;
}

export const newTold = (): Told => ({ completions: [], files: new Map() });

export function noteFact(told: Told, fact: EndingFact, run: number): void {
  if (fact.of === 'file') {
    const times = 1 + (told.files.get(fact.idx)?.times ?? 0);
    told.files.set(fact.idx, { state: fact.state, times });
  } else if (fact.run === run) told.completions.push(fact.status);
}

/** An ended run has been completed once, in its facts and at the broker; a run that goes on has not. */
export function judgeCompletion(snapshot: BatchSnapshot, told: Told): AuditCheck {
  const { state, run, outboxRows, notified } = snapshot;
  const times = told.completions.length;
  const ended = isTerminal(snapshot);
  const wrong: string[] = [...wrongFacts(snapshot, told)];
  if (times !== (ended ? 1 : 0)) wrong.push(`its completion was told ${times} times`);
  if (!ended) {
    const detail = [`run ${run} is ${state}: its one completion is to come`, ...wrong];
    return { name: 'completion', ok: wrong.length === 0, detail: detail.join('; ') };
  }
  if (times === 1 && told.completions[0] !== state)
    wrong.push(`it was told as ${told.completions[0]} and is ${state}`);
  if (outboxRows > 0) wrong.push(`${outboxRows} completions wait to be relayed`);
  else if (!notified) wrong.push('the broker never confirmed it');
  const detail = [`run ${run} is ${state}`, ...(wrong.length === 0 ? ['completed once, relayed'] : wrong)];
  return { name: 'completion', ok: wrong.length === 0, detail: detail.join('; ') };
}

/** Clients were told the terminal state of each settled file, once a run at most. */
function wrongFacts({ states, run }: BatchSnapshot, { files }: Told): string[] {
  let silent = 0;
  let differing = 0;
  let repeated = 0;
  states.forEach((state, idx) => {
    const told = files.get(idx);
    if (told !== undefined && told.times > run) repeated += 1;
    if (state === undefined || state === 'pending' || state === 'running') {
      // in a later run the facts of the earlier ones are still there
      if (told !== undefined && run === 1) differing += 1;
    } else if (told === undefined) {
      // the facts of earlier runs may have been trimmed
      if (run === 1) silent += 1;
    } else if (told.state !== state) differing += 1;
  });
  return [
    ...(silent > 0 ? [`${silent} settled files were never told`] : []),
    ...(differing > 0 ? [`${differing} files were told another state than they have`] : []),
    ...(repeated > 0 ? [`${repeated} files were told more than once a run`] : []),
  ];
}
