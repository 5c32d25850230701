import type { Progress } from '@image2model/progress';
import type { BatchContext } from '../domain/batch-context.js';

const most = 1_000;

/** Batch contexts, read once per batch and process; the oldest are forgotten first. */
export function createBatchContexts(progress: Progress): (batchId: string) => Promise<BatchContext | null> {
  const known = new Map<string, Promise<BatchContext | null>>();
  const read = async (batchId: string): Promise<BatchContext | null> => {
    const batch = await progress.batches.read(batchId);
    if (batch === null) known.delete(batchId);
    return batch;
  };
  return (batchId) => {
    const cached = known.get(batchId);
    if (cached !== undefined) return cached;
    const reading = read(batchId);
    known.set(batchId, reading);
    reading.catch(() => known.delete(batchId));
    const oldest = known.keys().next();
    if (known.size > most && !oldest.done) known.delete(oldest.value);
    return reading;
  };
}
