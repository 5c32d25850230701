import type { Broker } from '@image2model/broker';
import { generateMessageId, modelGenerate, type Lane } from '@image2model/contracts';
import type { LaneBatch } from '@image2model/progress';
import { currentTraceparent, inSpan } from '@image2model/service-kit';
import { traceOfFile } from '../domain/trace-of-file.js';

/** Which message of a file. */
export interface MessageOfFile {
  idx: number;
  gen: number;
}

/** One chunk of the fan-out, confirmed; in the trace of the request that brought the batch. */
export function publishFiles(
  broker: Pick<Broker, 'publishMany'>,
  lane: Lane,
  batch: LaneBatch,
  files: readonly MessageOfFile[],
): Promise<void> {
  const attributes = { 'image2model.batch_id': batch.id, 'image2model.files': files.length };
  return inSpan({ name: 'fan-out', parent: batch.traceparent ?? null, attributes }, () => {
    const traceOf = traceOfFile(currentTraceparent());
    const messages = files.map(({ idx, gen }) => ({
      id: generateMessageId(batch.id, idx, gen),
      batchId: batch.id,
      fileIdx: idx,
      tenant: batch.tenant,
      traceparent: traceOf(idx),
      payload: { gen },
    }));
    return broker.publishMany(modelGenerate, messages, { lane });
  });
}
