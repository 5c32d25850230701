import type { OpsTask } from '@image2model/contracts';
import type { BatchRecord, FileHolder, FileRecord } from '@image2model/progress';
import { isoTime } from './batch-view.js';
import { fileView } from './file-view.js';
import type { ProviderStates } from './provider-state.js';

/** A file as who runs the installation sees it. */
export function taskView(
  batch: BatchRecord,
  file: FileRecord,
  { worker, crashes }: FileHolder,
  about: { providers: ProviderStates; nowMs: number },
): OpsTask {
  const {
    idx,
    name,
    status,
    progress,
    stage,
    waiting_for,
    attempts,
    generation,
    error,
    started_at,
    completed_at,
  } = fileView(batch, file, about);
  return {
    ...{ batch_id: batch.id, tenant: batch.tenant, lane: batch.lane },
    ...{
      idx,
      name,
      status,
      progress,
      stage,
      waiting_for,
      attempts,
      generation,
      error,
      started_at,
      completed_at,
    },
    accepted_at: isoTime(batch.createdAtMs),
    worker,
    crashes,
  };
}
