import { batchIdSchema } from '@image2model/contracts';
import type { BatchRecord, Progress } from '@image2model/progress';
import { notFound } from '../domain/http-problem.js';
import type { ApiRequest } from '../domain/route.js';

/** What reading batches needs of Redis. */
export type BatchReader = Pick<Progress['batches'], 'get' | 'list' | 'files' | 'file' | 'progress'>;

/** The one way to a batch: absent, foreign and malformed ids all answer the same 404. */
export async function loadBatch(
  batches: Pick<BatchReader, 'get'>,
  { caller, params, note }: ApiRequest,
): Promise<BatchRecord> {
  const id = batchIdSchema.safeParse(params['id']);
  const batch = id.success ? await batches.get(caller.tenant, id.data) : null;
  if (batch === null) throw notFound();
  note({ batchId: batch.id });
  return batch;
}

/** The idx of a path, or 404 when it is not one of the batch. */
export function fileIndex({ params }: ApiRequest, { total }: BatchRecord): number {
  const text = params['idx'] ?? '';
  const idx = /^(0|[1-9]\d{0,6})$/.test(text) ? Number(text) : total;
  if (idx >= total) throw notFound();
  return idx;
}
