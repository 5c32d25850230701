import type { Broker } from '@image2model/broker';
import { alertSend, priorities } from '@image2model/contracts';
import type { Expired, Progress } from '@image2model/progress';
import type { Storage } from '@image2model/storage';
import { describeEmergency, type EmergencyEnd } from '../domain/emergency-notice.js';
import { describeFreed, nothingFreed, type Freed } from '../domain/freed.js';
import { startSlice, type TimeSlice } from '../domain/time-slice.js';
import { countFreed } from './count-freed.js';
import { emptyTrash } from './empty-trash.js';
import { oneAtATime } from './hold-job.js';
import { removeBatches, type RemoveParts } from './remove-batches.js';
import type { Job, JobResult, JobRun } from './run-maintenance.js';

export interface EmergencyParts extends RemoveParts {
  fleet: Pick<Progress['fleet'], 'holdLease' | 'dropLease'>;
  expiry: Pick<Progress['expiry'], 'due' | 'oldest' | 'deleteDue' | 'deleteEnded' | 'tally' | 'endTally'>;
  opsEvents: Pick<Progress['opsEvents'], 'add'>;
  broker: Pick<Broker, 'publish'>;
  storage: Pick<Storage, 'names' | 'list' | 'remove'>;
  /** How full the disk is, %; null for a storage that knows no limit. */
  usedPercent: () => Promise<number | null>;
  /** Frees until the disk is not fuller than this. */
  targetPercent: number;
  instance: string;
  sliceMs?: number;
}

const job = 'emergency-clean-up';
const usualSliceMs = 45_000;
/** After so many the disk is measured again: so many go too many at most. */
const batchesPerStep = 8;

/**
 * Frees the disk until it is below the mark: the trash, expired batches, then ended batches whatever their retention, those that ended first
 * in front. Never a live one. Says what it freed, and when nothing is left to free.
 */
export const createEmergencyCleanUp = (parts: EmergencyParts): Job =>
  oneAtATime(parts, job, async (run): Promise<JobResult> => {
    const slice = startSlice(parts.sliceMs ?? usualSliceMs, run.signal);
    const before = await parts.usedPercent();
    if (before === null) return { detail: 'the storage knows no limit: nothing to do' };
    const freed = nothingFreed();
    const how = await free(parts, { slice, freed });
    const tally = await parts.expiry.tally({ ...freed, usedPercent: before });
    if (how === 'more') return { detail: `freed ${describeFreed(tally)} so far`, more: true };
    await parts.expiry.endTally();
    const { targetPercent } = parts;
    const after = (await parts.usedPercent()) ?? before;
    const needless = how === 'done' && tally.batches + tally.files === 0;
    return tell(parts, run, {
      how: needless ? 'needless' : how,
      ...{ beforePercent: tally.usedPercent, afterPercent: after, targetPercent, freed: tally },
    });
  });

interface Work {
  slice: TimeSlice;
  freed: Freed;
}

async function free(parts: EmergencyParts, work: Work): Promise<'done' | 'exhausted' | 'more'> {
  const { expiry, storage, metrics, usedPercent, targetPercent } = parts;
  const isEnough = async (): Promise<boolean> => ((await usedPercent()) ?? 0) <= targetPercent;
  if (await isEnough()) return 'done';
  const trash = nothingFreed();
  await emptyTrash(storage, Infinity, { slice: work.slice, freed: trash });
  countFreed(metrics, job, trash);
  work.freed.files += trash.files;
  work.freed.bytes += trash.bytes;
  let refused = 0;
  const next = async (): Promise<Expired | undefined> => {
    const due = await expiry.due(batchesPerStep);
    if (due.length > 0) return expiry.deleteDue(due);
    const oldest = await expiry.oldest(refused, batchesPerStep);
    if (oldest.length === 0) return undefined;
    const result = await expiry.deleteEnded(oldest);
    refused += result.busy;
    return result;
  };
  while (!(await isEnough())) {
    if (work.slice.over()) return 'more';
    const deleted = await next();
    if (deleted === undefined) return 'exhausted';
    await removeBatches(parts, deleted, { job, ...work });
  }
  return 'done';
}

async function tell(parts: EmergencyParts, { id }: JobRun, end: EmergencyEnd): Promise<JobResult> {
  const { broker, logger, opsEvents, instance } = parts;
  const detail = describeEmergency(end);
  logger[end.how === 'needless' ? 'info' : 'warn'](`emergency clean-up: ${detail}`, {
    tick: id,
    ...end.freed,
  });
  if (end.how === 'needless') return { detail };
  const { batches, files, bytes } = end.freed;
  const details = { job, batches, files, bytes, disk_percent: Math.round(end.afterPercent) };
  const message = `Emergency clean-up ${detail}.`;
  if (batches + files > 0) await opsEvents.add('clean-up.done', { by: instance, message, details });
  const code = end.how === 'exhausted' ? 'clean_up_exhausted' : 'emergency_clean_up';
  const payload = { severity: 'warning', code, message, resolved: false, details } as const;
  await broker
    .publish(alertSend, { id: `alert:${code}:${id}`, payload }, { priority: priorities.alert })
    .catch((error: unknown) => logger.error(`could not send the alert: ${message}`, { error }));
  return { detail };
}
