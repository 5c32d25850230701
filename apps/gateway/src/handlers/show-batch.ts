import { isTerminal, batchView } from '../domain/batch-view.js';
import type { ApiReply, ApiRequest } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';
import type { Governors } from './read-governors.js';

export interface ShowingParts {
  batches: BatchReader;
  governors: Pick<Governors, 'states'>;
}

/** 200 with the batch as it is now; the progress of its running files counts. @throws HttpProblem 404 */
export async function showBatch(
  { batches, governors }: ShowingParts,
  request: ApiRequest,
): Promise<ApiReply & { status: 200 }> {
  const [batch, providers] = await Promise.all([loadBatch(batches, request), governors.states()]);
  const running = isTerminal(batch) ? [] : await batches.progress(batch.id);
  return { status: 200, json: batchView(batch, running, Date.now(), providers) };
}
