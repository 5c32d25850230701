import type { Progress } from '@image2model/progress';
import { describeFreed, isNothing, nothingFreed, addFreed, type Freed } from '../domain/freed.js';
import { startSlice, type TimeSlice } from '../domain/time-slice.js';
import { countFreed } from './count-freed.js';
import { emptyTrash } from './empty-trash.js';
import { oneAtATime } from './hold-job.js';
import { removeBatches, type RemoveParts } from './remove-batches.js';
import type { Job, JobResult, JobRun } from './run-maintenance.js';
import { sweepFolders, type FolderParts } from './sweep-folders.js';
import { sweepKeys } from './sweep-keys.js';

export interface CleanUpParts extends RemoveParts, FolderParts {
  fleet: Pick<Progress['fleet'], 'holdLease' | 'dropLease' | 'serverTimeMs'>;
  expiry: Pick<Progress['expiry'], 'due' | 'deleteDue' | 'marks' | 'mark'>;
  scan: Pick<Progress['expiryScan'], 'step'>;
  deadLetters: Pick<Progress['deadLetters'], 'trim'>;
  opsEvents: Pick<Progress['opsEvents'], 'trim' | 'add'>;
  instance: string;
  trashDays: number;
  recordsDays: number;
  sliceMs?: number;
}

const job = 'clean-up';
/** Below the time that the handler has, with room for the batch in hand. */
const usualSliceMs = 45_000;
/** Their scripts go to Redis in one go: for so long, a millisecond or two, nobody else is served. */
const batchesPerStep = 32;
const dayMs = 86_400_000;
/** The walks through everything are for what got lost: no run needs them more often, unless somebody asks by hand. */
const sweepEveryMs = 1_800_000;

/**
 * Removes ended batches whose retention is over, then what crashes left: half-written files, uploads that were never accepted, keys and
 * folders without a batch, old trash, old dead letters and ops events. Never anything of a live batch: the batch itself is asked.
 */
export const createCleanUp = (parts: CleanUpParts): Job =>
  oneAtATime(parts, job, async (run): Promise<JobResult> => {
    const slice = startSlice(parts.sliceMs ?? usualSliceMs, run.signal);
    const freed = nothingFreed();
    await removeDue(parts, slice, freed);
    const rest = await sweepRest(parts, run, slice);
    addFreed(freed, rest.freed);
    const detail = `removed ${describeFreed(freed)}${rest.notes}`;
    const more = rest.more || (await parts.expiry.due(1)).length > 0;
    await tell(parts, run, { freed, detail, more });
    return { detail, more };
  });

/** The expired batches, until none is left or the time is over. */
export async function removeDue(
  parts: RemoveParts & Pick<CleanUpParts, 'expiry'>,
  slice: TimeSlice,
  freed: Freed,
): Promise<void> {
  while (!slice.over()) {
    const due = await parts.expiry.due(batchesPerStep);
    if (due.length === 0) return;
    await removeBatches(parts, await parts.expiry.deleteDue(due), { job, slice, freed });
  }
}

/** Everything but the expired batches. */
async function sweepRest(
  parts: CleanUpParts,
  run: JobRun,
  slice: TimeSlice,
): Promise<{ freed: Freed; notes: string; more: boolean }> {
  const freed = nothingFreed();
  const nowMs = await parts.fleet.serverTimeMs();
  const marks = await parts.expiry.marks();
  const midway = marks.keys !== '0' || marks.folders !== '';
  if (slice.over() || (!midway && !isDue(run, nowMs - marks.sweptAtMs)))
    return { freed, notes: '', more: false };
  const { cursor, dropped } = await sweepKeys(parts.scan, marks.keys, slice);
  freed.keys += dropped;
  const folders = await sweepFolders(parts, marks.folders, { slice, freed, nowMs });
  await emptyTrash(parts.storage, nowMs - parts.trashDays * dayMs, { slice, freed });
  const more = cursor !== '0' || folders.last !== '';
  await parts.expiry.mark({ keys: cursor, folders: folders.last, sweptAtMs: more ? marks.sweptAtMs : nowMs });
  const letters = await parts.deadLetters.trim(nowMs - parts.recordsDays * dayMs);
  await parts.opsEvents.trim(nowMs - parts.recordsDays * dayMs);
  countFreed(parts.metrics, job, freed);
  return { freed, notes: notesOf({ ...folders, letters }), more };
}

const isDue = ({ id }: JobRun, sinceMs: number): boolean =>
  id.startsWith('manual:') || sinceMs >= sweepEveryMs;

function notesOf({ trashed, kept, letters }: { trashed: number; kept: number; letters: number }): string {
  return [
    trashed > 0 ? `; ${trashed} stored batches that Redis does not know are in the trash` : '',
    kept > 0 ? `; left ${kept} stored batches alone that Redis does not know: has it lost its data?` : '',
    letters > 0 ? `; forgot ${letters} old dead letters` : '',
  ].join('');
}

/** Runs that found nothing are not news, unless somebody waits for them. */
async function tell(
  { logger, opsEvents, instance }: CleanUpParts,
  { id }: JobRun,
  { freed, detail, more }: { freed: Freed; detail: string; more: boolean },
): Promise<void> {
  const quiet = isNothing(freed) && !detail.includes(';') && !id.startsWith('manual:');
  logger[quiet ? 'debug' : 'info'](`clean-up: ${detail}`, { tick: id, ...freed, more });
  if (!quiet)
    await opsEvents.add('clean-up.done', {
      by: instance,
      message: `Clean-up ${detail}.`,
      details: { job, ...freed },
    });
}
