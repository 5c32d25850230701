import type { Broker } from '@image2model/broker';
import { generateMessageId, laneQueues, modelGenerate, type RungName } from '@image2model/contracts';
import type { BatchRecord, Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';

export interface ReissueDeps {
  broker: Pick<Broker, 'publish' | 'publishDelayed'>;
  progress: Pick<Progress, 'settlements'>;
  logger: Logger;
}

export interface Reissue {
  /** So long until the file is overdue again, ms. */
  dueInMs: number;
  /** Also when nobody claimed it yet. */
  unclaimed: boolean;
  /** Not when it was published again so recently, ms. Default 0. */
  atMostEveryMs?: number;
  /** Waits there first. */
  rung?: RungName;
  /** For the log. */
  why: string;
}

/**
 * Publishes one more message of a file that needs it: not of one that is concluded, or that a worker holds.
 * A crash before the publish leaves it to the reconciler.
 */
export async function reissueFile(
  { broker, progress, logger }: ReissueDeps,
  batch: Pick<BatchRecord, 'id' | 'lane' | 'tenant' | 'traceparent'>,
  idx: number,
  { dueInMs, unclaimed, atMostEveryMs, rung, why }: Reissue,
): Promise<void> {
  const reply = await progress.settlements.reissue(batch.id, idx, dueInMs, unclaimed, atMostEveryMs);
  if (reply.do !== 'reissue') return;
  failpoint('orchestrator.23.reissue-decided');
  logger.warn('published a file again', { batchId: batch.id, fileIdx: idx, copy: reply.copy, why });
  const message = {
    id: generateMessageId(batch.id, idx, reply.gen, reply.copy),
    batchId: batch.id,
    fileIdx: idx,
    tenant: batch.tenant,
    traceparent: batch.traceparent,
    payload: { gen: reply.gen },
  };
  if (rung === undefined) await broker.publish(modelGenerate, message, { lane: batch.lane });
  else await broker.publishDelayed(modelGenerate, message, { queue: laneQueues[batch.lane], rung });
  failpoint('orchestrator.24.reissued');
}
